namespace Iopf.Schedulers;

/// <summary>A schedule gave a run up: it leads nowhere that others did not lead.</summary>
public sealed class RunGivenUpException : Exception
{
    /// <summary>Makes one.</summary>
    public RunGivenUpException()
        : base("the schedule gave the run up")
    {
    }
}
