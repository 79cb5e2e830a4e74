using System.Globalization;
using Iopf.Kernel;

namespace Iopf.TraceImport;

/// <summary>What each step of a trace is expected to answer on a kernel without the series, and what of the machine that takes.</summary>
/// <remarks>
/// Where the log tells an error, its cause is looked for: first what type1 refuses by itself, then what a machine can lack. A step whose answer
/// nothing can cause is left out, and a remark says so.
/// </remarks>
internal sealed class Verdicts
{
    private const ulong Window = 0x10_0000;
    private const string Raise = "Raise RLIMIT_MEMLOCK (ulimit -l, LimitMEMLOCK=, libvirt's memtune hard_limit)";

    // The SMMU's, that of x86, and two that hardly any layout uses.
    private static readonly ulong[] s_windows = [0x800_0000, 0xfee0_0000, 0x7f_ffe0_0000, 0x7fff_ffe0_0000];

    private readonly ImportedTrace _trace;
    private readonly MemoryPlan _memory;
    private readonly List<ImportedStep> _live = [];
    private readonly List<ImportedStep> _before = [];
    private readonly ReservedAddresses _reserved;
    private readonly Explanations _words = new();
    private readonly ulong _window;
    private ulong _locked;
    private int _mostLive;

    /// <summary>Goes through a trace.</summary>
    public Verdicts(ImportedTrace trace)
    {
        _trace = trace;
        _memory = new MemoryPlan(trace.Steps);
        Memlock = trace.Memlock;
        ImportedStep[] done = [.. trace.Steps.Where(step => step.Kind == ImportedKind.Map && (step.IsDone || step.Error is Errno.ENOMEM or Errno.EFAULT))];
        _reserved = new ReservedAddresses(done);
        _window = Array.Find(s_windows, window => !Array.Exists(done, step => step.Iova < window + Window && step.Last >= window));
        MsiWindow = _window == s_windows[0] || _window == 0 ? null : _window;
        foreach (ImportedStep step in trace.Steps)
        {
            if (Judge(step) is { } verdict)
            {
                Steps.Add((verdict.Step, verdict.Expected));
            }
        }
    }

    /// <summary>The steps with what they are expected to answer; <see langword="null"/> where nothing is.</summary>
    public List<(ImportedStep Step, string? Expected)> Steps { get; } = [];

    /// <summary>What must have been mapped before the log begins.</summary>
    public IReadOnlyList<ImportedStep> Before => _before;

    /// <summary>The iovas that devices may not use, beside the MSI window.</summary>
    public IReadOnlyList<(ulong First, ulong Last)> Reserved => _reserved.Ranges;

    /// <summary>Where the window of MSIs lies, if the layout has RAM where an SMMU keeps it: that of another architecture.</summary>
    public ulong? MsiWindow { get; }

    /// <summary>The limit of locked memory; <see langword="null"/> for none.</summary>
    public ulong? Memlock { get; private set; }

    /// <summary>How many mappings a container may have; <see langword="null"/> for type1's own limit.</summary>
    public int? EntryLimit { get; private set; }

    /// <summary>How much was locked before the log begins.</summary>
    public ulong LockedBefore { get; private set; }

    /// <summary>The mappings that are left.</summary>
    public IReadOnlyList<ImportedStep> Left => _live;

    /// <summary>What a reader should know: why each refusal came.</summary>
    public IReadOnlyList<string> Remarks => _words.Lines();

    private (ImportedStep Step, string? Expected)? Judge(ImportedStep step) => step.Kind switch
    {
        ImportedKind.Map => JudgeMap(step) is (var judged, { } expected) ? (judged, expected) : null,
        ImportedKind.Unmap => JudgeUnmap(step) is { } expected ? (step, expected) : null,
        ImportedKind.OpenGroup => (step, nameof(Errno.EBUSY)),
        _ => (step, "aborted"),
    };

    private (ImportedStep Step, string? Expected) JudgeMap(ImportedStep step)
    {
        if (RefusedByItself(step) is { } why)
        {
            _words.Add(step, Errno.EINVAL, why);
            return (step, nameof(Errno.EINVAL));
        }

        if (LiveAt(step) is { } other)
        {
            _words.Add(step, Errno.EEXIST, $"line {other.Line} mapped 0x{other.Iova:x} to 0x{other.Last:x}. Unmap it first, or find out who maps the address twice");
            return (step, nameof(Errno.EEXIST));
        }

        if (step.IsDone && EntryLimit <= _live.Count(mapping => mapping.Container == step.Container))
        {
            _words.Add(step, Errno.ENOSPC, "the limit that an earlier refusal asks for refuses this one too, which the log answers 0");
            return (step, nameof(Errno.ENOSPC));
        }

        if (step.IsDone)
        {
            Live(step);
            return (step, "0");
        }

        return step.Error switch
        {
            Errno.ENOMEM => (step, Limit(step)),
            Errno.EEXIST => (step, MappedBefore(step)),
            Errno.EINVAL => (step, Width(step)),
            Errno.ENOSPC => (step, Entries(step)),
            Errno.EFAULT => Unpinned(step),
            _ => (step, LeftOut(step, "type1 never answers that to a map here")),
        };
    }

    // What type1 checks before it looks at the machine, and what the machine of the scenario refuses anyway.
    private string? RefusedByItself(ImportedStep step)
    {
        ulong mask = Page.Size - 1;
        ulong vaddr = MemoryPlan.VaddrOf(step);
        if (step.Size == 0 || ((step.Iova | step.Size | vaddr) & mask) != 0)
        {
            return step.Size == 0 ? "it has no bytes" : "address, user address or size is no multiple of a page. Whoever maps must round to pages of the IOMMU";
        }

        if (step.Last < step.Iova || unchecked(vaddr + step.Size - 1) < vaddr)
        {
            return "it wraps around the end of 64 bits";
        }

        if (step.Error != Errno.EINVAL)
        {
            return null;
        }

        if (LiveAt(step) is null && _window != 0 && step.Iova < _window + Window && step.Last >= _window)
        {
            return $"it runs into the window of the MSIs at 0x{_window:x}, which devices cannot use for memory. Move the guest's RAM or the window";
        }

        return LiveAt(step) is null && (_reserved.Overlaps(step) || step.Last > ReservedAddresses.Last) ? ReservedAddresses.Why(step) : null;
    }

    private ImportedStep? LiveAt(ImportedStep step) => _live.Find(live => live.Container == step.Container && live.Overlaps(step));

    private void Live(ImportedStep step)
    {
        _live.Add(step);
        _mostLive = Math.Max(_mostLive, _live.Count(mapping => mapping.Container == step.Container));
        _locked += step.IsDeviceMemory ? 0 : step.Size;
    }

    // The log names the limit, or not; what had been locked before is what is left of it.
    private string Limit(ImportedStep step)
    {
        bool isKnown = _trace.Memlock is not null;
        Memlock ??= _locked + step.Size - Page.Size;
        ulong wanted = _locked + LockedBefore + step.Size;
        if (wanted <= Memlock)
        {
            LockedBefore += Memlock.Value - wanted + Page.Size;
        }

        ulong needed = _locked + LockedBefore + step.Size;
        _words.Add(step, Errno.ENOMEM, string.Create(
            CultureInfo.InvariantCulture,
            $"pinned pages count as locked memory and the limit {(isKnown ? $"of {Memlock} bytes " : "")}is too low: at least {needed} bytes ({(needed + 1023) / 1024} KiB) are needed. {Raise}"));
        return nameof(Errno.ENOMEM);
    }

    // Nothing in the log maps it: it was mapped before the log begins.
    private string? MappedBefore(ImportedStep step)
    {
        if (!TryBefore(step))
        {
            return LeftOut(step, "the log itself maps and unmaps the range, so nothing can be in its way");
        }

        _words.Add(step, Errno.EEXIST, "the range, or a part of it, was mapped before the log begins: the scenario maps it first. Find out who maps the address twice");
        return nameof(Errno.EEXIST);
    }

    private string? Width(ImportedStep step)
    {
        if (!_reserved.TryReserve(step))
        {
            return LeftOut(step, "the log itself maps this range at another time, so the platform has these addresses");
        }

        _words.Add(step, Errno.EINVAL, ReservedAddresses.Why(step));
        return nameof(Errno.EINVAL);
    }

    private string? Entries(ImportedStep step)
    {
        int live = _live.Count(mapping => mapping.Container == step.Container);
        if (EntryLimit is int limit ? limit != live : _mostLive > Math.Max(live, 1))
        {
            return LeftOut(step, "the log has more mappings at another time");
        }

        if (live == 0 && !TryBefore(step with { Iova = step.Iova ^ (1UL << 40), Size = Page.Size, Vaddr = null }))
        {
            return LeftOut(step, "nothing is mapped that could use the limit up");
        }

        EntryLimit ??= Math.Max(live, 1);
        _words.Add(step, Errno.ENOSPC, string.Create(
            CultureInfo.InvariantCulture,
            $"the container has as many mappings as dma_entry_limit allows (65535 by default; the scenario's limit is the {EntryLimit} mappings of the log). Raise vfio_iommu_type1.dma_entry_limit, or map larger pieces"));
        return nameof(Errno.ENOSPC);
    }

    private (ImportedStep Step, string? Expected) Unpinned(ImportedStep step)
    {
        bool isBar = Explanations.IsBar(step);
        if (_trace.IsIommufd && isBar)
        {
            ImportedStep bar = step with { IsDeviceMemory = true, Error = null, ErrorNumber = 0, Words = $"{step.Words}, which iommufd answered EFAULT" };
            _words.Add(step, Errno.EFAULT, "iommufd does not map a device's BAR; type1 does, and so does the scenario (0). Harmless unless devices talk to each other; no patch of the series changes it");
            Live(bar);
            return (bar, "0");
        }

        if (_memory.Covers(step))
        {
            return (step, LeftOut(step, "the log maps the same memory at another time, so it is there"));
        }

        _words.Add(step, Errno.EFAULT, Explanations.OfUnpinned(step, isBar));
        return (step, nameof(Errno.EFAULT));
    }

    private string? LeftOut(ImportedStep step, string why)
    {
        _words.Add(step, step.ErrorName, $"the scenario cannot cause it: {why}. The step is left out");
        return null;
    }

    // Maps a range before the log begins, if the log leaves it alone.
    private bool TryBefore(ImportedStep range)
    {
        ImportedStep before = range with { Kind = ImportedKind.Map, Error = null, ErrorNumber = 0, IsWritable = true, Words = "mapped before the log begins" };
        bool isFree = before.Last > before.Iova && before.Last <= ReservedAddresses.Last && !_reserved.Overlaps(before)
            && !(_window != 0 && before.Iova < _window + Window && before.Last >= _window)
            && !_before.Exists(other => other.Container == before.Container && other.Overlaps(before))
            && !_trace.Steps.Any(step => step.Kind == ImportedKind.Map && step.IsDone && step.Container == before.Container && step.Overlaps(before))
            && !(_trace.Steps.Any(step => step.Error == Errno.EFAULT && MemoryPlan.SharesMemory(step, before)));
        if (isFree)
        {
            _before.Add(before);
            Live(before);
        }

        return isFree;
    }

    private string? JudgeUnmap(ImportedStep step)
    {
        if (step.Size == 0 && step.IsDone)
        {
            return "0";
        }

        bool endsAtTop = step.Size > 0 && step.Last == ulong.MaxValue;
        bool isMalformed = step.Size == 0 || ((step.Iova | step.Size) & (Page.Size - 1)) != 0 || step.Last < step.Iova;
        bool cuts = _live.Exists(live => live.Container == step.Container && live.Overlaps(step) && !(step.Iova <= live.Iova && live.Last <= step.Last));
        if (!step.IsDone && endsAtTop)
        {
            _words.Add(step, step.ErrorName, "kernels 4.15 to 4.20 refused an unmap that ends at 2^64; type1 answers 0, and so does the scenario");
        }
        else if (isMalformed)
        {
            _words.Add(step, Errno.EINVAL, "address or size is no multiple of a page, or the range wraps");
            return nameof(Errno.EINVAL);
        }
        else if (!step.IsDone && !(step.Error == Errno.EINVAL && (cuts || TryCut(step))))
        {
            return LeftOut(step, step.Error == Errno.EINVAL ? "no mapping is cut by it" : "type1 never answers that to an unmap");
        }
        else if (!step.IsDone && !cuts)
        {
            _words.Add(step, Errno.EINVAL, "version 2 of type1 does not unmap a part of a mapping: the scenario maps a larger range before the log begins. Unmap what was mapped, as it was mapped");
            return nameof(Errno.EINVAL);
        }

        if (cuts)
        {
            return _trace.IsVersion1 ? "0" : nameof(Errno.EINVAL);
        }

        foreach (ImportedStep gone in _live.Where(live => live.Container == step.Container && live.Overlaps(step)).ToArray())
        {
            _locked -= gone.IsDeviceMemory ? 0 : gone.Size;
            _live.Remove(gone);
        }

        return "0";
    }

    // What an unmap cuts must be larger than it, on one side.
    private bool TryCut(ImportedStep step) =>
        !_trace.IsVersion1
        && LiveAt(step) is null
        && (TryBefore(step with { Size = step.Size + Page.Size }) || (step.Iova >= Page.Size && TryBefore(step with { Iova = step.Iova - Page.Size, Size = step.Size + Page.Size })));
}
