namespace Iopf.Replay;

/// <summary>From here to the end of the section the caller lacks CAP_IPC_LOCK and has this RLIMIT_MEMLOCK.</summary>
/// <remarks>The caller is a child process: its mappings are gone at the section's end.</remarks>
/// <param name="Line">Its line in the file, from 1.</param>
/// <param name="Op">Its name in the recording.</param>
/// <param name="Bytes">The limit in bytes.</param>
/// <param name="Answer">What the kernel answered.</param>
public sealed record MemoryLockLimit(int Line, string Op, ulong Bytes, RecordedAnswer Answer)
    : RecordedOperation(Line, Op, Answer)
{
    /// <inheritdoc/>
    private protected override string Inputs => $"memlock=0x{Bytes:x}";
}
