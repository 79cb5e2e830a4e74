using Iopf.ArmSmmuV3.Driver;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;
using Iopf.Patches;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.SmmuLog;

/// <summary>The model's kernel, with the chosen patches and one stalling device, asked what it makes of records.</summary>
internal sealed class ModelDriver : IDisposable
{
    // Every stream of a log is taken to be this one, which the model knows.
    private const uint Stream = 1;
    private const int PasidBits = 20;
    private const ulong StreamMask = 0xffff_ffff;

    private static readonly FaultReportCapabilities[] s_registrations =
        [FaultReportCapabilities.Flat, FaultReportCapabilities.NestedLevel1, FaultReportCapabilities.NestedLevel2];

    private readonly ServiceProvider _services;
    private readonly ArmSmmuDevice _smmu;
    private readonly IFaultReportFilter _filter;
    private readonly HostKernel _kernel;
    private readonly Witness _witness = new();
    private readonly PatchSet _patches;

    public ModelDriver(PatchSet patches)
    {
        _patches = patches;
        ServiceCollection services = new();
        ModelComposition.Add(services, patches);
        _services = services.BuildServiceProvider();
        _kernel = _services.GetRequiredService<HostKernel>();
        _filter = _services.GetRequiredService<IFaultReportFilter>();
        ArmSmmuDriver driver = _services.GetRequiredService<ArmSmmuDriver>();
        SmmuHardware hardware = new(_kernel, _services.GetRequiredService<PhysicalMemory>(), new SmmuHardwareOptions(), "smmu");
        _smmu = driver.AddSmmu(hardware, "smmu").Value;
        Device device = new(_kernel, "client", new Bus("pci") { Iommu = driver });
        Require(driver.Probe(device, _smmu, new SmmuMasterDescription(Stream, dmaCanStall: true, PasidBits)));
        Require(_services.GetRequiredService<DeviceFaultHandlers>().Register(device, _witness, FaultReportCapabilities.Flat));
    }

    /// <summary>Hands the driver a record.</summary>
    /// <param name="record">The record.</param>
    /// <returns>What became of it.</returns>
    public KernelView Ask(EventRecord record)
    {
        _witness.Fault = null;
        long aborts = _kernel.Tally.ResponsesFailure;
        Errno error = _smmu.HandleEvent(record with { Word0 = (record.Word0 & StreamMask) | ((ulong)Stream << 32) });
        bool aborted = _kernel.Tally.ResponsesFailure != aborts;
        FaultReportCapabilities admitted = FaultReportCapabilities.None;
        if (_witness.Fault is { } fault)
        {
            foreach (FaultReportCapabilities registration in s_registrations)
            {
                admitted |= _filter.Admit(registration, fault) == Errno.None ? registration : FaultReportCapabilities.None;
            }
        }

        return new KernelView(_witness.Fault, error, aborted, admitted, KernelViewText.Of(record, _witness.Fault, error, aborted, admitted, _patches));
    }

    public void Dispose() => _services.Dispose();

    private static void Require(Errno error) => Invariant.Hold(error == Errno.None, "the model's own SMMU takes its one device");

    /// <summary>Sees the fault and answers as the core does for a device that has no handler.</summary>
    private sealed class Witness : IDeviceFaultHandler
    {
        public IommuFault? Fault { get; set; }

        public Errno Handle(Device device, IommuFault fault)
        {
            Fault = fault;
            return Errno.EINVAL;
        }
    }
}
