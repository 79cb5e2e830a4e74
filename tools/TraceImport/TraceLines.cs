using System.Globalization;
using System.Text.RegularExpressions;
using Iopf.Kernel;
using static Iopf.TraceImport.TracePatterns;

namespace Iopf.TraceImport;

/// <summary>Reads the lines in which QEMU, DPDK, a vfio-user server and Linux's tracing tell of mappings; whatever stands before them does not matter.</summary>
internal sealed class TraceLines
{
    private const int ContainersMax = 64;
    private const int PendingMax = 600;
    private const int CharactersMax = 1 << 14;

    private readonly List<ImportedStep> _steps = [];
    private readonly List<(ImportedStep Step, int Layer)> _guestSteps = [];
    private readonly List<ulong> _barSizes = [];
    private readonly SortedSet<string> _forms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _containers = [];
    private readonly VirtualIommuLines _guest = new();
    private readonly LoggedTwice _twice = new();
    private readonly List<string> _remarks = [];
    private ulong? _memlock;
    private string? _pending;
    private Errno? _setIommu;
    private int _skipped;
    private int _lines;
    private int _notUnderstood;
    private int _joined;
    private bool _isVersion1;
    private bool _isIommufd;

    /// <summary>Whether a mapping was refused of which the log names no address.</summary>
    public string? RefusedWithoutAddress { get; private set; }

    /// <summary>Whether lines were seen that are an SMMUv3 driver's, which <c>iopf decode</c> reads.</summary>
    public bool HasDriverLines { get; private set; }

    /// <summary>Reads a line.</summary>
    public void Read(string line)
    {
        _lines++;
        line = line.Length > CharactersMax ? line[..CharactersMax] : line;
        _isIommufd |= line.Contains("iommufd", StringComparison.OrdinalIgnoreCase) || line.Contains("IOMMU_IOAS_MAP", StringComparison.Ordinal);
        HasDriverLines |= Driver().IsMatch(line);
        if (_pending is { } first && Joined(first, line))
        {
            return;
        }

        bool isKnown = ReadOne(line);
        _notUnderstood += isKnown || string.IsNullOrWhiteSpace(line) ? 0 : 1;
        _pending = null;
        if (Starter().Match(line) is { Success: true } starter && (!isKnown || !Whole().IsMatch(line[starter.Index..])))
        {
            _pending = line[starter.Index..];
        }
    }

    /// <summary>What the lines say; <see langword="null"/> if none of them is known.</summary>
    public ImportedTrace? Result()
    {
        int layer = _guestSteps.Count == 0 ? 0 : _guestSteps.Max(step => step.Layer);
        List<ImportedStep> steps = [.. _steps.Concat(_guestSteps.Where(step => step.Layer == layer).Select(step => step.Step)).OrderBy(step => step.Line)];
        if (steps.Count == 0 && _setIommu is null)
        {
            return null;
        }

        return new ImportedTrace(string.Join(" and ", _forms), DeviceMemory.Marked(steps, _barSizes))
        {
            Lines = _lines,
            Skipped = _skipped,
            Memlock = _memlock,
            IsVersion1 = _isVersion1,
            NotUnderstood = _notUnderstood,
            IsIommufd = _isIommufd,
            Containers = Math.Max(1, _containers.Count),
            SetIommuError = _setIommu,
            Remarks = [.. _guest.Remarks(), .. _remarks, .. _twice.Remarks(), .. JoinedRemark()],
        };
    }

    private IEnumerable<string> JoinedRemark()
    {
        if (_joined > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{_joined} lines were joined to those they had been wrapped from");
        }
    }

    // A mailer broke the line: what it began with and this line may make one.
    private bool Joined(string first, string line)
    {
        string rest = Quote().Replace(line, "");
        foreach (string whole in new[] { $"{first} {rest}", first + rest })
        {
            if (Whole().IsMatch(whole) && ReadOne(whole))
            {
                _joined++;
                _pending = Starter().Match(rest) is { Success: true } next && !Whole().IsMatch(rest[next.Index..]) ? rest[next.Index..] : null;
                return true;
            }
        }

        if (Tail().IsMatch(rest) && first.Length + rest.Length < PendingMax)
        {
            _joined++;
            _pending = $"{first} {rest}";
            return true;
        }

        return false;
    }

    private bool ReadOne(string line)
    {
        bool isKnown = ReadQemuRegion(line) || ReadQemuError(line) || ReadFtrace(line) || ReadServer(line) || ReadDpdk(line) || ReadKernel(line) || ReadSetUp(line);
        if (isKnown)
        {
            return true;
        }

        if (_guest.Read(line, _lines, out ImportedStep? step, out int layer))
        {
            if (step is not null)
            {
                _forms.Add("vIOMMU trace");
                _guestSteps.Add((step with { Seconds = SecondsIn(line) }, layer));
            }

            return true;
        }

        if (Bar().Match(line) is { Success: true } bar)
        {
            _barSizes.Add(Hex(bar, "last") - Hex(bar, "first") + 1);
            return true;
        }

        return false;
    }

    // What goes wrong before anything is mapped, and refusals of which only the words are logged.
    private bool ReadSetUp(string line)
    {
        if (GroupBusy().IsMatch(line))
        {
            Add(line, "QEMU log", ImportedKind.OpenGroup, 0, 0, null, Errno.EBUSY, "open of /dev/vfio");
            return true;
        }

        if (SetIommu().IsMatch(line))
        {
            _forms.Add("QEMU log");
            _setIommu = Errno.EPERM;
            return true;
        }

        if (NoAddress().Match(line) is { Success: true } refused)
        {
            string error = refused.Groups["number"].Success ? LinuxErrors.NameOf(int.Parse(refused.Groups["number"].ValueSpan, CultureInfo.InvariantCulture)) : refused.Groups["words"].Value;
            RefusedWithoutAddress ??= string.Create(CultureInfo.InvariantCulture, $"line {_lines} tells that a mapping was refused ({error}), but there is no address in the log");
            return true;
        }

        return false;
    }

    private bool ReadQemuRegion(string line)
    {
        if (RegionSkip().IsMatch(line))
        {
            _skipped++;
            _ = line.Contains("[iommu]", StringComparison.Ordinal) && _guest.Read(line, _lines, out _, out _);
            return true;
        }

        if (RegionAdd().Match(line) is { Success: true } add)
        {
            ulong first = Hex(add, "first");
            AddMap(line, "QEMU trace", first, Hex(add, "last") - first + 1, Hex(add, "vaddr"), "region_add");
            return true;
        }

        if (RegionDel().Match(line) is { Success: true } del)
        {
            ulong first = Hex(del, "first");
            Add(line, "QEMU trace", ImportedKind.Unmap, first, Hex(del, "last") - first + 1, null, null, "region_del");
            return true;
        }

        return false;
    }

    private bool ReadQemuError(string line)
    {
        if (DmaMap().Match(line) is { Success: true } map)
        {
            if (_twice.Has(line))
            {
                return true;
            }

            (Errno? error, int number) = ErrorIn(map);
            ulong iova = Hex(map, "iova");
            ulong size = Hex(map, "size");
            int container = ContainerOf(map.Groups["container"].Value);
            if (_steps.Count > 0 && _steps[^1] is { Kind: ImportedKind.Map, IsDone: true } last && last.Iova == iova && last.Size == size)
            {
                _steps[^1] = last with { Error = error, ErrorNumber = number, Container = container, Region = map.Groups["region"].Value };
                return true;
            }

            Add(line, "QEMU log", ImportedKind.Map, iova, size, Hex(map, "vaddr"), error, "vfio_dma_map");
            _steps[^1] = _steps[^1] with { ErrorNumber = number, Container = container, Region = map.Groups["region"].Value };
            return true;
        }

        if (DmaUnmap().Match(line) is { Success: true } unmap)
        {
            if (_twice.Has(line))
            {
                return true;
            }

            (Errno? error, int number) = ErrorIn(unmap);
            Add(line, "QEMU log", ImportedKind.Unmap, Hex(unmap, "iova"), Hex(unmap, "size"), null, error, "vfio_dma_unmap");
            _steps[^1] = _steps[^1] with { ErrorNumber = number, Container = ContainerOf(unmap.Groups["container"].Value) };
            return true;
        }

        if (CannotMap().Match(line) is { Success: true } cannot)
        {
            if (_twice.Has(line))
            {
                return true;
            }

            ulong first = Hex(cannot, "first");
            Add(line, "QEMU log", ImportedKind.Map, first, unchecked(Hex(cannot, "last") - first + 1), null, Errno.EINVAL, "can't map guest IOVA region");
            _steps[^1] = _steps[^1] with { ErrorNumber = (int)Errno.EINVAL, Container = ContainerOf(cannot.Groups["container"].Value) };
            return true;
        }

        return false;
    }

    private bool ReadFtrace(string line)
    {
        if (FtraceMap().Match(line) is { Success: true } map)
        {
            Add(line, "ftrace", ImportedKind.Map, Hex(map, "iova"), Decimal(map, "size"), null, null, "iommu:map");
            return true;
        }

        if (FtraceUnmap().Match(line) is { Success: true } unmap)
        {
            Add(line, "ftrace", ImportedKind.Unmap, Hex(unmap, "iova"), Decimal(unmap, "size"), null, null, "iommu:unmap");
            return true;
        }

        if (FtraceFault().Match(line) is { Success: true } fault)
        {
            bool isWrite = (Hex(fault, "flags") & 1) != 0;
            Add(line, "ftrace", ImportedKind.Fault, Hex(fault, "iova"), 1, null, null, "io_page_fault", isWrite);
            return true;
        }

        return false;
    }

    private bool ReadServer(string line)
    {
        if (ServerAdd().Match(line) is { Success: true } add)
        {
            ulong first = Hex(add, "first");
            bool isWritable = (Hex(add, "prot") & 2) != 0;
            Add(line, "vfio-user server log", ImportedKind.Map, first, Hex(add, "end") - first, null, null, "adding DMA region", isWritable);
            return true;
        }

        if (ServerRemove().Match(line) is { Success: true } remove)
        {
            ulong first = Hex(remove, "first");
            Add(line, "vfio-user server log", ImportedKind.Unmap, first, Hex(remove, "end") - first, null, null, "removing DMA region");
            return true;
        }

        if (ServerFailed().Match(line) is { Success: true } failed)
        {
            int index = _steps.FindLastIndex(step => step.Kind == ImportedKind.Map && step.Iova == Hex(failed, "first"));
            if (index >= 0)
            {
                _steps[index] = _steps[index] with { Error = Errno.EINVAL };
            }

            return true;
        }

        return false;
    }

    private bool ReadDpdk(string line)
    {
        if (DpdkMap().Match(line) is { Success: true } map)
        {
            int number = map.Groups["name"].Success ? LinuxErrors.NumberOf(map.Groups["name"].Value) : 0;
            Errno? error = Enum.IsDefined((Errno)number) ? (Errno)number : null;
            Add(line, "DPDK log", ImportedKind.Map, Hex(map, "iova"), Hex(map, "size"), Hex(map, "vaddr"), error, "dma_map");
            _steps[^1] = _steps[^1] with { ErrorNumber = number };
            return true;
        }

        if (DpdkUnmap().Match(line) is { Success: true } unmap)
        {
            // What it prints is what was unmapped: nothing, of a range that is a part of a mapping. Only version 1 answers so.
            ulong size = Hex(unmap, "size");
            _isVersion1 |= size == 0;
            Add(line, "DPDK log", ImportedKind.Unmap, Hex(unmap, "iova"), size, null, Errno.None, "dma_unmap");
            return true;
        }

        return false;
    }

    private bool ReadKernel(string line)
    {
        if (Limit().Match(line) is { Success: true } limit)
        {
            _memlock = Decimal(limit, "bytes");
            return true;
        }

        if (Width().Match(line) is { Success: true } width)
        {
            ulong page = ulong.Parse(width.Groups["address"].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & ~(Page.Size - 1);
            Add(line, "kernel log", ImportedKind.Map, page, Page.Size, null, Errno.EINVAL, "intel_iommu_map");
            return true;
        }

        return false;
    }

    private void AddMap(string line, string form, ulong iova, ulong size, ulong vaddr, string words) =>
        Add(line, form, ImportedKind.Map, iova, size, vaddr, null, words);

    private void Add(
        string line, string form, ImportedKind kind, ulong iova, ulong size, ulong? vaddr, Errno? error, string words, bool isWritable = true)
    {
        _forms.Add(form);
        _steps.Add(new ImportedStep(kind, iova, size, vaddr, isWritable, error, _lines, words) { Seconds = SecondsIn(line) });
    }

    private static decimal? SecondsIn(string line) =>
        Time().Match(line) is { Success: true } time
            && decimal.TryParse(time.Groups["seconds"].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds)
            ? seconds
            : null;

    // A number that the model does not know is no other error: it stays a number.
    private static (Errno? Error, int Number) ErrorIn(Match match)
    {
        int number = int.Parse(match.Groups["error"].ValueSpan, CultureInfo.InvariantCulture);
        return (Enum.IsDefined((Errno)number) ? (Errno)number : null, number);
    }

    private int ContainerOf(string pointer)
    {
        if (!_containers.TryGetValue(pointer, out int container))
        {
            container = _containers.Count;
            if (container == ContainersMax)
            {
                throw new InputException(string.Create(CultureInfo.InvariantCulture, $"line {_lines}: more than {ContainersMax} containers"));
            }

            _containers.Add(pointer, container);
        }

        return container;
    }

    private static ulong Hex(Match match, string group) =>
        ulong.Parse(match.Groups[group].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static ulong Decimal(Match match, string group) =>
        ulong.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
}
