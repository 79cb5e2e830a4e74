namespace Iopf.Patches;

/// <summary>One patch builds on another; both run alone, but not to the same effect.</summary>
/// <param name="Number">The patch that is expected to be on.</param>
/// <param name="WhenMissing">What follows when it is off: a clause that ends a sentence, without a full stop.</param>
public sealed record PatchExpectation(int Number, string WhenMissing);
