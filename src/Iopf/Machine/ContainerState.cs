namespace Iopf.Machine;

/// <summary>One container at one moment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsIopfEnabled">Whether faults of its devices are served.</param>
/// <param name="Mappings">Its mappings in ascending order.</param>
public sealed record ContainerState(string Name, bool IsIopfEnabled, IReadOnlyList<MappingState> Mappings);
