using Iopf.Kernel;

namespace Iopf.TraceImport;

/// <summary>One thing that a trace says was done.</summary>
/// <param name="Kind">What.</param>
/// <param name="Iova">The first device address.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Vaddr">The user address behind it; <see langword="null"/> if the trace does not say.</param>
/// <param name="IsWritable">Whether devices may write there; for a fault, whether it was a write.</param>
/// <param name="Error">What the log says came of it; <see langword="null"/> if it says nothing.</param>
/// <param name="Line">The line it was read from, from 1.</param>
/// <param name="Words">What the line calls it, for notes.</param>
public sealed record ImportedStep(
    ImportedKind Kind, ulong Iova, ulong Size, ulong? Vaddr, bool IsWritable, Errno? Error, int Line, string Words)
{
    /// <summary>The log's time in seconds; <see langword="null"/> if it has none.</summary>
    public decimal? Seconds { get; init; }

    /// <summary>Whether the memory is a device's own (a BAR) as far as the log shows.</summary>
    public bool IsDeviceMemory { get; init; }

    /// <summary>The last device address.</summary>
    public ulong Last => unchecked(Iova + Size - 1);

    /// <summary>Whether another range has a page in common with this one.</summary>
    /// <param name="other">The other.</param>
    /// <returns>Whether it has.</returns>
    public bool Overlaps(ImportedStep other) => Iova <= other.Last && other.Iova <= Last;

    /// <summary>Whether both are about the same range.</summary>
    /// <param name="other">The other.</param>
    /// <returns>Whether they are.</returns>
    public bool IsSameRange(ImportedStep other) => Iova == other.Iova && Size == other.Size;
}
