using System.Globalization;
using System.Text.RegularExpressions;

namespace Iopf.TraceImport;

/// <summary>Reads memory layouts: QEMU's <c>info mtree</c>, and /proc/iomem of a guest.</summary>
internal sealed partial class LayoutLines
{
    private const ulong FirstVaddr = 0x2000_0000_0000;
    private const ulong BackendSize = 1UL << 40;
    private readonly Dictionary<string, ulong> _backends = [];
    private readonly List<Region> _regions = [];
    private readonly List<ImportedStep> _ram = [];
    private int _lines;

    /// <summary>Reads a line.</summary>
    public void Read(string line)
    {
        _lines++;
        if (Tree().Match(line) is { Success: true } tree)
        {
            string name = tree.Groups["name"].Value;
            string type = tree.Groups["type"].Value;
            bool isRam = type is "ram" or "rom" || (name.Contains("alias", StringComparison.Ordinal) && name.Contains("@pc.ram", StringComparison.Ordinal));
            ulong first = Hex(tree, "first");
            ulong last = Hex(tree, "last");
            if (last > first)
            {
                int priority = int.Parse(tree.Groups["priority"].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                _regions.Add(new Region(first, last, priority, isRam, type != "rom", name, VaddrOf(name), _lines));
            }
        }
        else if (Iomem().Match(line) is { Success: true } ram)
        {
            ulong first = Hex(ram, "first");
            ulong last = Hex(ram, "last");
            if (last > first)
            {
                _ram.Add(Step(first, last, isWritable: true, _lines, "System RAM"));
            }
        }
    }

    /// <summary>What the lines say; <see langword="null"/> if there is no layout in them.</summary>
    public ImportedTrace? Result()
    {
        List<ImportedStep> steps = [.. _ram, .. _regions.Where(region => region.IsRam).SelectMany(Visible)];
        steps.RemoveAll(step => step.Size < Kernel.Page.Size);
        return steps.Count == 0
            ? null
            : new ImportedTrace(_ram.Count > 0 ? "/proc/iomem" : "info mtree", [.. steps.OrderBy(step => step.Iova)])
            {
                Lines = _lines,
                Skipped = _regions.Count(region => !region.IsRam),
            };
    }

    // What is left of a region where others of a higher priority lie over it, in whole pages.
    private IEnumerable<ImportedStep> Visible(Region region)
    {
        List<(ulong First, ulong Last)> parts = [(region.First, region.Last)];
        foreach (Region over in _regions.Where(other => other.Priority > region.Priority && !other.IsContainerOf(region)))
        {
            parts = [.. parts.SelectMany(part => Without(part, over.First, over.Last))];
        }

        return parts
            .Select(part => (First: (part.First + 0xfff) & ~0xfffUL, End: unchecked(part.Last + 1) & ~0xfffUL))
            .Where(part => unchecked(part.End - 1) > part.First)
            .Select(part => Step(part.First, unchecked(part.End - 1), region.IsWritable, region.Line, region.Name) with
            {
                Vaddr = region.Vaddr + (part.First - region.First),
            });
    }

    // What is seen through several windows is one piece of memory: every backend gets a TiB of user addresses, and a window its place in it.
    private ulong VaddrOf(string name)
    {
        Match alias = Alias().Match(name);
        string backend = alias.Success ? alias.Groups["backend"].Value : name;
        if (!_backends.TryGetValue(backend, out ulong first))
        {
            first = FirstVaddr + ((ulong)_backends.Count * BackendSize);
            _backends.Add(backend, first);
        }

        return first + (alias.Success ? Hex(alias, "offset") : 0);
    }

    private static IEnumerable<(ulong First, ulong Last)> Without((ulong First, ulong Last) part, ulong first, ulong last)
    {
        if (last < part.First || first > part.Last)
        {
            yield return part;
            yield break;
        }

        if (first > part.First)
        {
            yield return (part.First, first - 1);
        }

        if (last < part.Last)
        {
            yield return (last + 1, part.Last);
        }
    }

    private static ImportedStep Step(ulong first, ulong last, bool isWritable, int line, string words) =>
        new(ImportedKind.Map, first, last - first + 1, null, isWritable, null, line, words);

    private static ulong Hex(Match match, string group) =>
        ulong.Parse(match.Groups[group].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^ +(?<first>[0-9a-f]{16})-(?<last>[0-9a-f]{16}) \(prio (?<priority>-?\d{1,9}), (?<type>[a-z/]+)\): (?<name>.*?)\s*$")]
    private static partial Regex Tree();

    [GeneratedRegex(@"@(?<backend>\S+) (?<offset>[0-9a-f]{16})-[0-9a-f]{16}$")]
    private static partial Regex Alias();

    [GeneratedRegex(@"^(?<first>[0-9a-f]{1,16})-(?<last>[0-9a-f]{1,16}) : System RAM\s*$")]
    private static partial Regex Iomem();

    private sealed record Region(ulong First, ulong Last, int Priority, bool IsRam, bool IsWritable, string Name, ulong Vaddr, int Line)
    {
        public bool IsContainerOf(Region other) => First <= other.First && Last >= other.Last && !IsRam;
    }
}
