namespace Iopf.Cli;

/// <summary>Whoever read standard output has stopped reading.</summary>
/// <param name="cause">What the write failed with.</param>
internal sealed class BrokenPipeException(IOException cause) : Exception("standard output was closed", cause);
