using Iopf.ArmSmmuV3.Hardware;

namespace Iopf.Machine;

/// <summary>What a machine is made of.</summary>
/// <param name="Smmus">Its SMMUs.</param>
/// <param name="Devices">The devices behind them.</param>
/// <param name="Mediated">Its mediated devices, which no SMMU translates for.</param>
/// <param name="Processes">The processes that run on it at the start.</param>
public sealed record MachineSpec(
    IReadOnlyList<SmmuSpec> Smmus,
    IReadOnlyList<DeviceSpec> Devices,
    IReadOnlyList<MediatedSpec> Mediated,
    IReadOnlyList<ProcessSpec> Processes)
{
    /// <summary>One SMMU, one stalling device <c>nic0</c> in group 1 that VFIO may assign, one process <c>vmm</c> that may lock 64 MiB.</summary>
    public static MachineSpec OneDevice { get; } = new(
        [new SmmuSpec("smmu0", StallModel.StallOrTerminate)],
        [new DeviceSpec("nic0", "smmu0", StreamId: 0x10, Group: 1, CanStall: true, PasidBits: 0, BoundDriver.Vfio, CanTransfer: true)],
        [],
        [new ProcessSpec("vmm", MemlockBytes: 64 << 20, HasIpcLock: false)]);
}
