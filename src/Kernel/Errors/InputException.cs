namespace Iopf.Kernel;

/// <summary>The user gave something that cannot be used; the message is one line: what, where, and what was expected.</summary>
/// <remarks>The command line prints the message and ends with exit code 2.</remarks>
/// <param name="message">One line: the place, what was found, and the expected form.</param>
/// <param name="cause">What led to it, if another exception did.</param>
public sealed class InputException(string message, Exception? cause = null) : Exception(message, cause);
