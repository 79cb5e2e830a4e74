using System.Globalization;
using Iopf.Kernel;

namespace Iopf.TraceImport;

/// <summary>What each step of a trace is expected to answer on a kernel without the series, and what of the machine that takes.</summary>
/// <remarks>
/// Where the log tells an error, its cause is looked for: an overlap, a limit of locked memory, memory that was not there, addresses that the
/// platform reserves or that the IOMMU does not have. type1's own answer stands where another server answered otherwise.
/// </remarks>
internal sealed class Verdicts
{
    private const ulong HyperTransportFirst = 0xfd_0000_0000;
    private const ulong HyperTransportLast = 0xff_ffff_ffff;
    private const ulong ArmMsiWindow = 0x800_0000;
    private const ulong MsiWindowSize = 0x10_0000;
    private readonly List<ImportedStep> _live = [];
    private readonly List<(ulong First, ulong Last)> _reserved = [];
    private ulong _locked;

    /// <summary>Goes through a trace.</summary>
    public Verdicts(ImportedTrace trace)
    {
        Memlock = trace.Memlock;
        foreach (ImportedStep step in trace.Steps)
        {
            Steps.Add((step, Judge(step, trace)));
        }
    }

    /// <summary>The steps with what they are expected to answer; <see langword="null"/> where nothing is.</summary>
    public List<(ImportedStep Step, string? Expected)> Steps { get; } = [];

    /// <summary>The iovas that devices may not use, beside the MSI window.</summary>
    public IReadOnlyList<(ulong First, ulong Last)> Reserved => _reserved;

    /// <summary>Whether the layout has RAM where an Arm machine keeps the window of its MSIs: that of another architecture.</summary>
    public bool IsForeignLayout => Steps.Exists(entry => entry.Step is { Kind: ImportedKind.Map, Iova: < ArmMsiWindow + MsiWindowSize } && entry.Step.Last >= ArmMsiWindow);

    /// <summary>The limit of locked memory; <see langword="null"/> for none.</summary>
    public ulong? Memlock { get; private set; }

    /// <summary>How much was locked before the log begins.</summary>
    public ulong LockedBefore { get; private set; }

    /// <summary>The mappings that are left.</summary>
    public IReadOnlyList<ImportedStep> Left => _live;

    private string? Judge(ImportedStep step, ImportedTrace trace) => step.Kind switch
    {
        ImportedKind.Map => JudgeMap(step),
        ImportedKind.Unmap => JudgeUnmap(step, trace),
        _ => "aborted",
    };

    private string JudgeMap(ImportedStep step)
    {
        if (_live.Exists(step.Overlaps))
        {
            return nameof(Errno.EEXIST);
        }

        switch (step.Error)
        {
            case null or Errno.None:
                _live.Add(step);
                _locked += step.IsDeviceMemory ? 0 : step.Size;
                return "0";
            case Errno.ENOMEM:
                Limit(step);
                return nameof(Errno.ENOMEM);
            case Errno.EEXIST:
                // What it runs into was mapped before the log begins, or stayed mapped after a part of it was to be unmapped.
                return nameof(Errno.EEXIST);
            case Errno.EINVAL:
                Reserve(step);
                return nameof(Errno.EINVAL);
            case Errno other:
                return other.ToCName();
        }
    }

    // The log names the limit, or not; what had been locked before is what is left of it.
    private void Limit(ImportedStep step)
    {
        Memlock ??= _locked + step.Size - Page.Size;
        ulong wanted = _locked + LockedBefore + step.Size;
        if (wanted <= Memlock)
        {
            LockedBefore += Memlock.Value - wanted + Page.Size;
        }
    }

    private void Reserve(ImportedStep step)
    {
        if (step.Iova <= HyperTransportLast && step.Last >= HyperTransportFirst && step.Iova < HyperTransportFirst)
        {
            AddReserved(HyperTransportFirst, HyperTransportLast);
        }
        else
        {
            // The widest IOMMU that has no such address, and that has those mapped before.
            int bits = 63 - System.Numerics.BitOperations.LeadingZeroCount(Math.Max(step.Iova, Page.Size));
            ulong first = 1UL << bits;
            AddReserved(_live.Exists(live => live.Last >= first) ? step.Iova : first, (1UL << 48) - 1);
        }
    }

    private void AddReserved(ulong first, ulong last)
    {
        if (first < last && !_reserved.Exists(range => range.First <= last && first <= range.Last))
        {
            _reserved.Add((first, last));
        }
    }

    private string? JudgeUnmap(ImportedStep step, ImportedTrace trace)
    {
        if (step.Size == 0)
        {
            return "0";
        }

        bool cuts = _live.Exists(live => live.Overlaps(step) && !(step.Iova <= live.Iova && live.Last <= step.Last));
        if (cuts)
        {
            return trace.IsVersion1 ? "0" : nameof(Errno.EINVAL);
        }

        foreach (ImportedStep gone in _live.Where(live => live.Overlaps(step)).ToArray())
        {
            _locked -= gone.IsDeviceMemory ? 0 : gone.Size;
            _live.Remove(gone);
        }

        return "0";
    }

    /// <summary>A size as a note says it.</summary>
    public static string Bytes(ulong bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes");
}
