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
    IReadOnlyList<ProcessSpec> Processes);
