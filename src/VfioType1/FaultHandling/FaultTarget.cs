namespace Iopf.VfioType1;

/// <summary>Where the faults of a group's devices are resolved.</summary>
/// <param name="Container">The container.</param>
/// <param name="Group">The group in it.</param>
internal readonly record struct FaultTarget(Type1Container Container, Type1Group Group);
