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

    /// <summary>The number the log says came of it; 0 if it names none or success.</summary>
    public int ErrorNumber { get; init; }

    /// <summary>Which container it was done to, from 0; the log tells containers by their addresses.</summary>
    public int Container { get; init; }

    /// <summary>What the log calls the memory; empty if it does not say.</summary>
    public string Region { get; init; } = "";

    /// <summary>Whether a map or unmap was answered with success as far as the log shows.</summary>
    public bool IsDone => Error is null or Errno.None && ErrorNumber == 0;

    /// <summary>The name of the error.</summary>
    public string ErrorName => Error is Errno known and not Errno.None ? known.ToCName() : LinuxErrors.NameOf(ErrorNumber);

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
