namespace Iopf.Speed.Tests;

/// <summary>Tests that look at the heap of the whole process: nothing may run beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
