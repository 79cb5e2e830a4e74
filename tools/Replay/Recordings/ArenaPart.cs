namespace Iopf.Replay;

/// <summary>One part of the user memory behind the mappings of a recording.</summary>
/// <param name="Start">Its first offset.</param>
/// <param name="End">The offset behind it.</param>
/// <param name="Access">What user space may do there.</param>
/// <param name="Populated">Whether the CPU touched its pages before the recording began.</param>
public sealed record ArenaPart(ulong Start, ulong End, ArenaAccess Access, bool Populated);
