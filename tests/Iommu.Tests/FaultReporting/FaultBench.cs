using Iopf.Kernel;
using Iopf.Testing;

namespace Iopf.Iommu.Tests.FaultReporting;

/// <summary>A device behind a fake domain, and the iommu core around it without patches.</summary>
internal sealed class FaultBench
{
    public FaultBench()
    {
        Domain = new FakeIommuDomain(Kernel);
        Device = FakeDevices.Behind(Kernel, Domain);
        Responder = new PageResponder(Kernel, []);
        Handlers = new DeviceFaultHandlers(new UncheckedCapabilities(), Responder);
        Reporter = new DeviceFaultReporter(Kernel, new AdmitEveryFault(), []);
    }

    public HostKernel Kernel { get; } = new();

    public FakeIommuDomain Domain { get; }

    public Device Device { get; }

    public PageResponder Responder { get; }

    public DeviceFaultHandlers Handlers { get; }

    public DeviceFaultReporter Reporter { get; }

    public int Pending => Device.Iommu!.PendingFaultCount;

    /// <summary>A device that no IOMMU driver probed.</summary>
    public Device Unprobed => new(Kernel, "plain0", new Bus("pci"));

    public static IommuFault Request(uint group, uint? pasid = null, bool isLast = true, bool needsPasid = false) =>
        IommuFault.PageRequest(FaultStage.Stage1, new Iova(0x5000), FaultPermissions.Read, group, pasid) with
        {
            IsLastOfGroup = isLast,
            ResponseNeedsPasid = needsPasid,
        };

    public static PageResponse Answer(uint group, uint? pasid = null, uint version = 1) =>
        new(group, pasid, PageResponseCode.Success, version);

    public Errno Register(Func<IommuFault, Errno>? handle = null) =>
        Handlers.Register(Device, new Handler(handle ?? (_ => Errno.None)), FaultReportCapabilities.Flat);

    /// <summary>Reports page requests that wait for an answer.</summary>
    public void Report(params IommuFault[] faults)
    {
        foreach (IommuFault fault in faults)
        {
            Assert.Equal(Errno.None, Reporter.Report(Device, fault));
        }
    }

    private sealed class Handler(Func<IommuFault, Errno> handle) : IDeviceFaultHandler
    {
        public Errno Handle(Device device, IommuFault fault) => handle(fault);
    }
}
