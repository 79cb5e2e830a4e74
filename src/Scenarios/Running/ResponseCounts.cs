namespace Iopf.Scenarios;

/// <summary>How many page requests were answered, and how.</summary>
/// <param name="Success">Answers that let the transaction be retried.</param>
/// <param name="Invalid">Answers that called the access invalid.</param>
/// <param name="Failure">Answers that said it could not be handled.</param>
public sealed record ResponseCounts(long Success, long Invalid, long Failure);
