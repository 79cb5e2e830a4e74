#pragma warning disable
// CONTRACT: replaced by real files, one public type each. Signatures may grow, not shrink.
using Iopf.Kernel;
using Iopf.Mm;
namespace Iopf.Iommu;

/// <summary>A bus: its IOMMU operations serve every device on it (bus_type.iommu_ops).</summary>
public sealed class Bus
{
    public Bus(string name) { }
    public string Name => throw new NotImplementedException();
    public IIommuDriver? Iommu { get; set; }
}

/// <summary>struct device.</summary>
public sealed class Device
{
    public Device(HostKernel kernel, string name, Bus bus) { }
    public string Name => throw new NotImplementedException();
    public Bus Bus => throw new NotImplementedException();
    public DeviceIommu? Iommu { get; set; }           // dev->iommu, null until an IOMMU driver probed the device
    public IommuGroup? Group { get; set; }
    public object? DriverData { get; set; }           // drvdata of the bound driver
    public int ReferenceCount { get; set; }
}

/// <summary>struct dev_iommu ("param").</summary>
public sealed class DeviceIommu
{
    public DeviceIommu(HostKernel kernel, Device device, IIommuDriver driver) { }
    public KernelMutex Lock => throw new NotImplementedException();           // param.lock
    public IIommuDriver Driver => throw new NotImplementedException();
    public object? Master { get; set; }               // the driver's own data (arm_smmu_master)
    public bool HasFaultHandler => throw new NotImplementedException();
    public int PendingFaultCount => throw new NotImplementedException();
}

public enum DomainType { Unmanaged, Dma, Identity, Blocked }
public enum IommuCapability { CacheCoherency, InterruptRemapping, NoExecute }
public enum IommuFeature { Aux = 0, Sva = 1, Iopf = 2 }
[Flags] public enum IommuProt { None = 0, Read = 1, Write = 2, Cache = 4, NoExec = 8, Mmio = 16, Privileged = 32 }
public enum ReservedRegionType { Direct, DirectRelaxable, Reserved, Msi, SoftwareMsi }
public readonly record struct ReservedRegion(IovaRange Range, ReservedRegionType Type);

/// <summary>struct iommu_ops of one IOMMU driver.</summary>
public interface IIommuDriver
{
    bool IsCapable(IommuCapability capability);
    Result<IommuDomain> AllocateDomain(DomainType type);
    IReadOnlyList<ReservedRegion> ReservedRegionsOf(Device device);
    Errno EnableFeature(Device device, IommuFeature feature);
    Errno DisableFeature(Device device, IommuFeature feature);
    bool IsFeatureEnabled(Device device, IommuFeature feature);
}

/// <summary>struct iommu_domain. Map/Unmap split sizes as the core does; the driver implements the single steps.</summary>
public abstract class IommuDomain
{
    protected IommuDomain(HostKernel kernel, DomainType type) { }
    public DomainType Type => throw new NotImplementedException();
    public abstract ulong PageSizes { get; }                  // bit n = 2^n bytes
    public abstract IovaRange Aperture { get; }
    public abstract bool CanRespond { get; }                  // has a page_response op
    public abstract Errno EnableNesting();                    // DOMAIN_ATTR_NESTING = 1; EPERM once attached
    public abstract Result<bool> IsNested { get; }            // ENODEV where the attribute is unknown
    public abstract Errno AttachDevice(Device device);        // driver op
    public abstract void DetachDevice(Device device);         // driver op
    public abstract ulong? IovaToPhysical(Iova iova);         // byte exact; null = not mapped
    public abstract IommuProt? ProtOf(Iova iova);             // access the entry grants; null = not mapped (model only: for verification, E09)
    public abstract void Free();
    public Errno Map(Iova iova, ulong physicalAddress, ulong size, IommuProt prot) => throw new NotImplementedException();
    public ulong Unmap(Iova iova, ulong size) => throw new NotImplementedException();                                  // ends with an IOTLB sync
    public ulong UnmapFast(Iova iova, ulong size, ref IotlbGather gather) => throw new NotImplementedException();
    public void SyncIotlb(ref IotlbGather gather) => throw new NotImplementedException();
    protected abstract Errno MapBlock(Iova iova, ulong physicalAddress, ulong size, IommuProt prot);
    protected abstract ulong UnmapBlock(Iova iova, ulong size, ref IotlbGather gather);
    protected abstract void InvalidateIotlb(in IotlbGather gather);
    public abstract Errno RespondToPage(Device device, in PageResponse response);     // driver op page_response
}

/// <summary>struct iommu_iotlb_gather: First/Last inclusive; PageSize 0 = empty.</summary>
public struct IotlbGather { public ulong First; public ulong Last; public ulong PageSize; }

public sealed class IommuGroup
{
    public IommuGroup(HostKernel kernel, int id, IommuDomain? defaultDomain) { }
    public int Id => throw new NotImplementedException();
    public KernelMutex Mutex => throw new NotImplementedException();
    public IReadOnlyList<Device> Devices => throw new NotImplementedException();
    public IommuDomain? Domain => throw new NotImplementedException();
    public void Add(Device device) => throw new NotImplementedException();
    public void Remove(Device device) => throw new NotImplementedException();
    public Errno Attach(IommuDomain domain) => throw new NotImplementedException();   // iommu_attach_group: EBUSY when on another non-default domain
    public void Detach(IommuDomain domain) => throw new NotImplementedException();    // back to the default domain
}

public enum FaultType { Unrecoverable = 1, PageRequest = 2 }
public enum FaultReason { Unknown, PasidFetch, BadPasidEntry, PasidInvalid, WalkExternalAbort, PteFetch, Permission, Access, OutOfRangeAddress }
[Flags] public enum FaultPermissions { None = 0, Read = 1, Write = 2, Execute = 4, Privileged = 8 }
public enum FaultStage { Stage1, Stage2 }
public enum PageResponseCode { Success = 0, Invalid = 1, Failure = 2 }

/// <summary>struct iommu_fault as a value: a page request or an unrecoverable fault.</summary>
public readonly record struct IommuFault(
    FaultType Type, FaultStage Stage, FaultReason Reason, Iova Address, FaultPermissions Permissions,
    uint GroupId, uint? Pasid, bool IsLastOfGroup, bool ResponseNeedsPasid);

public readonly record struct PageResponse(uint GroupId, uint? Pasid, PageResponseCode Code, uint Version = 1);

[Flags] public enum FaultReportCapabilities { None = 0, Flat = 1, NestedLevel1 = 2, NestedLevel2 = 4 }

public interface IDeviceFaultHandler { Errno Handle(Device device, in IommuFault fault); }

/// <summary>iommu_register/unregister/update_device_fault_handler.</summary>
public sealed class DeviceFaultHandlers
{
    public Errno Register(Device device, IDeviceFaultHandler? handler, FaultReportCapabilities capabilities) => throw new NotImplementedException();
    public Errno Unregister(Device device) => throw new NotImplementedException();
    public Errno Update(Device device, FaultReportCapabilities mask, FaultReportCapabilities set) => throw new NotImplementedException();
    /// <summary>Answers everything still pending INVALID (E44), so that Unregister cannot fail.</summary>
    public void CompletePending(Device device) => throw new NotImplementedException();
}

public sealed class DeviceFaultReporter { public Errno Report(Device device, in IommuFault fault) => throw new NotImplementedException(); }
public sealed class PageResponder { public Errno Respond(Device device, in PageResponse response) => throw new NotImplementedException(); }

/// <summary>A group of page requests whose last one has arrived; answered once.</summary>
public interface IFaultGroupHandler { void Handle(Device device, ReadOnlySpan<IommuFault> requests); }

/// <summary>iopf queue: holds partial requests back, hands complete groups to a worker. One worker per queue.</summary>
public sealed class IopfQueue
{
    public IopfQueue(HostKernel kernel, string name, IFaultGroupHandler handler) { }
    public Errno Add(Device device) => throw new NotImplementedException();
    public Errno Remove(Device device) => throw new NotImplementedException();
    public Errno Queue(Device device, in IommuFault fault) => throw new NotImplementedException();     // iommu_queue_iopf
    public Errno Flush(Device device) => throw new NotImplementedException();
    public Errno DiscardPartial() => throw new NotImplementedException();
}

// P1's ports; their baseline answers are AdmitEveryFault, UncheckedCapabilities, NoHandlerUpdate.
public interface IFaultReportFilter { Errno Admit(FaultReportCapabilities registered, in IommuFault fault); }
public interface IFaultHandlerCapabilities { Errno Validate(FaultReportCapabilities capabilities); Result<FaultReportCapabilities> Update(FaultReportCapabilities current, FaultReportCapabilities mask, FaultReportCapabilities set); }
