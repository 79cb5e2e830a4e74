namespace Iopf.Views;

/// <summary>One arrow of a sequence diagram.</summary>
/// <param name="From">Where the step before happened.</param>
/// <param name="To">Where this one happens; the same for a step that stays where it is.</param>
/// <param name="Function">The kernel function, or the step of the hardware.</param>
/// <param name="Text">What happens.</param>
/// <param name="Nanoseconds">The virtual time.</param>
/// <param name="Waited">How much virtual time passed since the arrow before.</param>
public sealed record SequenceMessage(string From, string To, string Function, string Text, long Nanoseconds, long Waited);
