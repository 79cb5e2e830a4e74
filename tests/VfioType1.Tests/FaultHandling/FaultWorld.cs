using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Testing;
using Moq;

namespace Iopf.VfioType1.Tests.FaultHandling;

/// <summary>A world whose group is linked and whose device can report faults, without an SMMU.</summary>
internal sealed class FaultWorld : Type1World
{
    private readonly DeviceFaultReporter _reporter;
    private uint _lastGroupId;

    public FaultWorld(ErrataSet errata = default)
        : base(new HostKernel(new InlineScheduler(), new CostOptions(), errata))
    {
        Directory = new FaultDirectory(Kernel);
        Directory.Link(Container, Group, "test");

        Mock<IFaultReportFilter> filter = new();
        Mock<IFaultHandlerCapabilities> capabilities = new();
        Responder = new PageResponder(Kernel, []);
        Handlers = new DeviceFaultHandlers(capabilities.Object, Responder);
        _reporter = new DeviceFaultReporter(Kernel, filter.Object, []);
    }

    public FaultDirectory Directory { get; }

    public PageResponder Responder { get; }

    public DeviceFaultHandlers Handlers { get; }

    public FaultTarget Target => new(Container, Group);

    /// <summary>The code of the only answer so far.</summary>
    public PageResponseCode Answer => Assert.Single(Domain.Responses).Code;

    public static IommuFault Request(ulong page, FaultPermissions access = FaultPermissions.Read, uint groupId = 1) =>
        IommuFault.PageRequest(FaultStage.Stage1, IovaAt(page), access, groupId);

    /// <summary>Registers somebody who is told the device's faults.</summary>
    public void Register(IDeviceFaultHandler handler) =>
        Assert.Equal(Errno.None, Handlers.Register(Device, handler, FaultReportCapabilities.Flat));

    /// <summary>Reports a fault as the IOMMU driver does, so that it may be answered.</summary>
    public Errno Report(in IommuFault fault) => _reporter.Report(Device, in fault);

    public uint NextGroupId() => ++_lastGroupId;
}
