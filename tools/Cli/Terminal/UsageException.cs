namespace Iopf.Cli;

/// <summary>The command line itself is malformed.</summary>
/// <param name="message">What is wrong, in a few words.</param>
internal sealed class UsageException(string message) : Exception(message);
