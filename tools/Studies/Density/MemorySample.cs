namespace Iopf.Density;

/// <summary>The host's memory at a moment.</summary>
/// <param name="AtNanoseconds">When.</param>
/// <param name="Guests">Guests that had begun to start.</param>
/// <param name="Resident">Pages of guests that have a frame.</param>
/// <param name="Pinned">Those of them that may not be reclaimed.</param>
/// <param name="Mapped">Pages that devices can use.</param>
/// <param name="Swapped">Pages of guests on the swap device.</param>
public readonly record struct MemorySample(long AtNanoseconds, int Guests, long Resident, long Pinned, long Mapped, long Swapped);
