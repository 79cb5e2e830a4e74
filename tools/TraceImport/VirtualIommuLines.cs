using System.Globalization;
using System.Text.RegularExpressions;

namespace Iopf.TraceImport;

/// <summary>Reads QEMU's traces of a guest's IOMMU. One mapping of the guest may be told by three layers: only the one next to the host counts.</summary>
internal sealed partial class VirtualIommuLines
{
    private const int LayersMax = 3;

    private readonly SortedDictionary<string, int> _events = new(StringComparer.Ordinal);
    private int _windows;
    private int _translations;

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="number">Its number.</param>
    /// <param name="step">What was done; null if the line tells of something else.</param>
    /// <param name="layer">How near to the host the layer is, from 1; 0 if there is no step.</param>
    /// <returns>Whether the line is understood.</returns>
    public bool Read(string line, int number, out ImportedStep? step, out int layer)
    {
        (step, layer) = (null, 0);
        if (Window().IsMatch(line))
        {
            _windows++;
            return true;
        }

        if (Event().Match(line) is { Success: true } happened)
        {
            string name = $"{happened.Groups["name"].Value} of stream {happened.Groups["sid"].Value}";
            _events[name] = _events.GetValueOrDefault(name) + 1;
            return true;
        }

        if (Abort().Match(line) is { Success: true } abort)
        {
            step = new ImportedStep(ImportedKind.Fault, Hex(abort, "iova"), 1, null, abort.Groups["write"].Value == "1", null, number, "smmuv3_translate");
            layer = LayersMax;
            return true;
        }

        if (Translate().IsMatch(line))
        {
            _translations++;
            return true;
        }

        return Mapping(line, number, out step, out layer);
    }

    /// <summary>What a reader should know.</summary>
    public IEnumerable<string> Remarks()
    {
        if (_windows > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{_windows} windows of a guest's IOMMU: what the guest maps in them is mapped by the lines that follow");
        }

        if (_translations > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{_translations} translations of emulated devices by the guest's IOMMU, which the host does not see");
        }

        foreach ((string name, int count) in _events)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"the guest's SMMU recorded {name}, {count} times: an event for the guest, not the host");
        }
    }

    private static bool Mapping(string line, int number, out ImportedStep? step, out int layer)
    {
        (step, layer) = (null, 0);
        if (Notify().Match(line) is { Success: true } notify)
        {
            step = Step(notify, notify.Groups["op"].Value == "MAP", number, "vfio_iommu_map_notify");
            layer = 3;
        }
        else if (VirtioNotify().Match(line) is { Success: true } virtioNotify)
        {
            step = Step(virtioNotify, virtioNotify.Groups["op"].Value == "map", number, "virtio_iommu_notify");
            layer = 2;
        }
        else if (Virtio().Match(line) is { Success: true } virtio)
        {
            step = Step(virtio, virtio.Groups["op"].Value == "map", number, "virtio_iommu");
            layer = 1;
        }
        else
        {
            return VirtioOther().IsMatch(line);
        }

        return true;
    }

    private static ImportedStep Step(Match match, bool isMap, int number, string words)
    {
        ulong first = Hex(match, "first");
        ulong size = unchecked(Hex(match, "last") - first + 1);
        bool isWritable = !match.Groups["flags"].Success || (match.Groups["flags"].Value is var flags && int.TryParse(flags, out int bits) && (bits & 2) != 0);
        return new ImportedStep(isMap ? ImportedKind.Map : ImportedKind.Unmap, first, size, null, isWritable, null, number, words);
    }

    private static ulong Hex(Match match, string group) => ulong.Parse(match.Groups[group].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\bvfio_listener_region_add_iommu\b|\bregion_add \[iommu\]")]
    private static partial Regex Window();

    [GeneratedRegex(@"\bsmmuv3_record_event (?:SMMU_EVT_)?(?<name>\w{1,40}) sid=(?<sid>0x[0-9a-f]{1,8})")]
    private static partial Regex Event();

    [GeneratedRegex(@"\bsmmuv3_translate_abort\b.{0,120}?\biova[:=]0x(?<iova>[0-9a-f]{1,16}) is_write=(?<write>[01])")]
    private static partial Regex Abort();

    [GeneratedRegex(@"\b(?:smmuv3_translate\w*|virtio_iommu_translate\w*)\b")]
    private static partial Regex Translate();

    [GeneratedRegex(@"\bvfio_iommu_map_notify iommu (?<op>MAP|UNMAP) @ 0x(?<first>[0-9a-f]{1,16}) - 0x(?<last>[0-9a-f]{1,16})")]
    private static partial Regex Notify();

    [GeneratedRegex(@"\bvirtio_iommu_notify_(?<op>map|unmap) .{0,200}?\bvirt_start=0x(?<first>[0-9a-f]{1,16}) virt_end=0x(?<last>[0-9a-f]{1,16})(?: phys\w*=0x[0-9a-f]+ flags=(?<flags>\d+))?")]
    private static partial Regex VirtioNotify();

    [GeneratedRegex(@"\bvirtio_iommu_(?<op>map|unmap) .{0,40}?\bvirt_start=0x(?<first>[0-9a-f]{1,16}) virt_end=0x(?<last>[0-9a-f]{1,16})(?: phys\w*=0x[0-9a-f]+ flags=(?<flags>\d+))?")]
    private static partial Regex Virtio();

    [GeneratedRegex(@"\b(?:virtio_iommu|smmuv3|smmu)_\w+\b")]
    private static partial Regex VirtioOther();
}
