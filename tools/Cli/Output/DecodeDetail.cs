namespace Iopf.Cli.Output;

/// <summary>How much of what the decoder finds is printed for people, and when.</summary>
internal enum DecodeDetail
{
    /// <summary>Every group of findings, at the end.</summary>
    Whole,

    /// <summary>Every group as soon as it begins, and how often it came when nothing more comes.</summary>
    Follow,

    /// <summary>The counts only.</summary>
    Summary,
}
