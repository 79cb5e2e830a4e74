namespace Iopf.Kernel;

/// <summary>Told each step of a run while it happens; observes and must not change the model.</summary>
/// <param name="step">The step; valid only until the follower returns.</param>
public delegate void TraceFollower(in TraceStep step);
