namespace Iopf.Comparing;

/// <summary>One outcome in which two runs differ.</summary>
/// <param name="What">What it is: an operation, or a number of the whole run.</param>
/// <param name="Left">What it was in the left run.</param>
/// <param name="Right">What it was in the right run.</param>
public sealed record OutcomeDifference(string What, string Left, string Right);
