namespace Iopf.Kernel;

/// <summary>A promise of the model was broken; the message names it.</summary>
/// <param name="message">The promise in words.</param>
public sealed class InvariantViolationException(string message) : Exception(message);
