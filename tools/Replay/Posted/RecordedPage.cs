using Iopf.Mm;

namespace Iopf.Replay.Posted;

/// <summary>One page of the recorder's address space.</summary>
/// <param name="Access">What the process may do.</param>
/// <param name="Frame">Its frame; null if not resident.</param>
internal sealed record RecordedPage(MemoryAccess Access, ulong? Frame)
{
    /// <summary>Whether a write breaks copy-on-write.</summary>
    public bool IsCow { get; init; }

    /// <summary>Whether it is device memory.</summary>
    public bool IsDeviceMemory { get; init; }

    /// <summary>Whether pinning it fails.</summary>
    public bool Fails { get; init; }
}
