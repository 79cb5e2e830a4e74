namespace Iopf.Kernel;

/// <summary>How a wait ended.</summary>
public enum WaitOutcome
{
    /// <summary>The condition holds.</summary>
    Woken,

    /// <summary>A fatal signal came first.</summary>
    Killed,
}
