namespace Iopf.Cli;

/// <summary>How the command ends; part of its contract.</summary>
internal static class ExitCode
{
    /// <summary>Done, and nothing to object.</summary>
    public const int Done = 0;

    /// <summary>The run found a difference or a violation.</summary>
    public const int Difference = 1;

    /// <summary>Bad input or usage.</summary>
    public const int BadInput = 2;

    /// <summary>A defect of the model itself.</summary>
    public const int Defect = 3;
}
