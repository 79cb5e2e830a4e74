using System.Globalization;
using System.Text.RegularExpressions;
using Iopf.Kernel;

namespace Iopf.TraceImport;

/// <summary>Reads the lines in which QEMU, DPDK, a vfio-user server and Linux's tracing tell of mappings; whatever stands before them does not matter.</summary>
internal sealed partial class TraceLines
{
    private readonly List<ImportedStep> _steps = [];
    private readonly List<ulong> _barSizes = [];
    private readonly SortedSet<string> _forms = new(StringComparer.Ordinal);
    private ulong? _memlock;
    private int _skipped;
    private int _lines;
    private bool _isVersion1;

    /// <summary>Reads a line.</summary>
    public void Read(string line)
    {
        _lines++;
        bool isKnown = ReadQemuRegion(line) || ReadQemuError(line) || ReadFtrace(line) || ReadServer(line) || ReadDpdk(line) || ReadKernel(line);
        if (!isKnown && Bar().Match(line) is { Success: true } bar)
        {
            _barSizes.Add(Hex(bar, "last") - Hex(bar, "first") + 1);
        }
    }

    /// <summary>What the lines say; <see langword="null"/> if none of them is known.</summary>
    public ImportedTrace? Result()
    {
        if (_steps.Count == 0)
        {
            return null;
        }

        return new ImportedTrace(string.Join(" and ", _forms), DeviceMemory.Marked(_steps, _barSizes))
        {
            Lines = _lines,
            Skipped = _skipped,
            Memlock = _memlock,
            IsVersion1 = _isVersion1,
        };
    }

    private bool ReadQemuRegion(string line)
    {
        if (RegionSkip().IsMatch(line))
        {
            _skipped++;
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
            Errno error = ErrnoIn(map);
            ulong iova = Hex(map, "iova");
            ulong size = Hex(map, "size");
            if (_steps.Count > 0 && _steps[^1] is { Kind: ImportedKind.Map, Error: null } last && last.Iova == iova && last.Size == size)
            {
                _steps[^1] = last with { Error = error };
                return true;
            }

            Add(line, "QEMU log", ImportedKind.Map, iova, size, Hex(map, "vaddr"), error, "vfio_dma_map");
            return true;
        }

        if (DmaUnmap().Match(line) is { Success: true } unmap)
        {
            Add(line, "QEMU log", ImportedKind.Unmap, Hex(unmap, "iova"), Hex(unmap, "size"), null, ErrnoIn(unmap), "vfio_dma_unmap");
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
            Errno error = map.Groups["name"].Success && Enum.TryParse(map.Groups["name"].Value, out Errno named) ? named : Errno.None;
            Add(line, "DPDK log", ImportedKind.Map, Hex(map, "iova"), Hex(map, "size"), Hex(map, "vaddr"), error, "dma_map");
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

    private static Errno ErrnoIn(Match match) =>
        int.TryParse(match.Groups["error"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && Enum.IsDefined((Errno)number) ? (Errno)number : Errno.EINVAL;

    private static ulong Hex(Match match, string group) =>
        ulong.Parse(match.Groups[group].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static ulong Decimal(Match match, string group) =>
        ulong.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"SKIPPING region_|region_(?:add|del) \[(?:iommu|mmio)\]")]
    private static partial Regex RegionSkip();

    [GeneratedRegex(@"\bregion_add \[ram\] 0x(?<first>[0-9a-f]{1,16}) - 0x(?<last>[0-9a-f]{1,16}) \[0x(?<vaddr>[0-9a-f]{1,16})\]")]
    private static partial Regex RegionAdd();

    [GeneratedRegex(@"\bregion_del 0x(?<first>[0-9a-f]{1,16}) - 0x(?<last>[0-9a-f]{1,16})")]
    private static partial Regex RegionDel();

    [GeneratedRegex(@"\bvfio_region_mmap Region .*\bBAR \d+ mmaps\[\d+\] \[0x(?<first>[0-9a-f]{1,16}) - 0x(?<last>[0-9a-f]{1,16})\]")]
    private static partial Regex Bar();

    [GeneratedRegex(@"\bvfio_(?:container_)?dma_map\(0x[0-9a-f]+, 0x(?<iova>[0-9a-f]{1,16}), 0x(?<size>[0-9a-f]{1,16}), 0x(?<vaddr>[0-9a-f]{1,16})\) = -(?<error>\d{1,3})\b")]
    private static partial Regex DmaMap();

    [GeneratedRegex(@"\bvfio_(?:container_)?dma_unmap\(0x[0-9a-f]+, 0x(?<iova>[0-9a-f]{1,16}), 0x(?<size>[0-9a-f]{1,16})\) = -(?<error>\d{1,3})\b")]
    private static partial Regex DmaUnmap();

    [GeneratedRegex(@"\bmap: IOMMU: ?(?:dev=\S+ )?iova=0x(?<iova>[0-9a-f]{1,16})(?: - 0x[0-9a-f]{1,16})? paddr=0x[0-9a-f]{1,16} size=(?<size>\d{1,19})")]
    private static partial Regex FtraceMap();

    [GeneratedRegex(@"\bunmap: IOMMU: ?(?:dev=\S+ )?iova=0x(?<iova>[0-9a-f]{1,16})(?: - 0x[0-9a-f]{1,16})? size=(?<size>\d{1,19})")]
    private static partial Regex FtraceUnmap();

    [GeneratedRegex(@"\bio_page_fault: IOMMU:\S* \S+ iova=0x(?<iova>[0-9a-f]{1,16}) flags=0x(?<flags>[0-9a-f]{1,8})")]
    private static partial Regex FtraceFault();

    [GeneratedRegex(@"\badding DMA region \[0x(?<first>[0-9a-f]{1,16}), 0x(?<end>[0-9a-f]{1,16})\) .*\bprot=0x(?<prot>[0-9a-f])")]
    private static partial Regex ServerAdd();

    [GeneratedRegex(@"\bremov(?:ing|ed) DMA region .*\[0x(?<first>[0-9a-f]{1,16}), 0x(?<end>[0-9a-f]{1,16})\)")]
    private static partial Regex ServerRemove();

    [GeneratedRegex(@"\bfailed to add DMA region \[0x(?<first>[0-9a-f]{1,16}), 0x(?<end>[0-9a-f]{1,16})\)")]
    private static partial Regex ServerFailed();

    [GeneratedRegex(@"\bdma_map vaddr: 0x(?<vaddr>[0-9a-f]{1,16}), iova: 0x(?<iova>[0-9a-f]{1,16}), size: 0x(?<size>[0-9a-f]{1,16}), ret(?:: |=)-?\d+(?:, errno was set to (?<name>E[A-Z0-9]+))?")]
    private static partial Regex DpdkMap();

    [GeneratedRegex(@"\bdma_unmap (?:vaddr: 0x[0-9a-f]+, )?iova: 0x(?<iova>[0-9a-f]{1,16}), size: 0x(?<size>[0-9a-f]{1,16})")]
    private static partial Regex DpdkUnmap();

    [GeneratedRegex(@"\bRLIMIT_MEMLOCK \((?<bytes>\d{1,19})\) exceeded")]
    private static partial Regex Limit();

    [GeneratedRegex(@"\biommu width \(\d+\) is not sufficient for the mapped address \((?<address>[0-9a-f]{1,16})\)")]
    private static partial Regex Width();

    [GeneratedRegex(@"^\d+@(?<seconds>\d{1,12}\.\d+):|^.{0,60}? (?<seconds>\d{1,9}\.\d{6}): |^\[ *(?<seconds>\d{1,9}\.\d{6})\]")]
    private static partial Regex Time();
}
