using System.Globalization;
using Iopf.Kernel;

namespace Iopf.TraceImport;

/// <summary>Says of each refused step why, and what whoever posted the log can do. Equal refusals are one line.</summary>
internal sealed class Explanations
{
    private const int LinesMax = 40;
    private const ulong HoleFirst = 0xc000_0000;
    private const ulong HoleEnd = 0x1_0000_0000;
    private const ulong HighFirst = 1UL << 38;
    private const ulong BarMax = 0x2000_0000;

    private readonly Dictionary<(ImportedKind Kind, ulong Iova, ulong Size, string Text), int> _index = [];
    private readonly List<(ImportedStep Step, string Text, int Count)> _refused = [];

    /// <summary>Adds a refused step.</summary>
    public void Add(ImportedStep step, Errno error, string why) => Add(step, error.ToCName(), why);

    /// <summary>Adds a refused step.</summary>
    public void Add(ImportedStep step, string error, string why)
    {
        string text = $"{error}: {why}";
        if (_index.TryGetValue((step.Kind, step.Iova, step.Size, text), out int index))
        {
            _refused[index] = _refused[index] with { Count = _refused[index].Count + 1 };
            return;
        }

        _index.Add((step.Kind, step.Iova, step.Size, text), _refused.Count);
        _refused.Add((step, text, 1));
    }

    /// <summary>One line for each kind of refusal.</summary>
    public IReadOnlyList<string> Lines()
    {
        List<string> lines = [.. _refused.Take(LinesMax).Select(refused =>
        {
            ImportedStep step = refused.Step;
            string name = step.Region.Length > 0 ? $" ({step.Region})" : "";
            string again = refused.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $", {refused.Count} times") : "";
            string what = step.Kind == ImportedKind.Map ? "map" : "unmap";
            return string.Create(CultureInfo.InvariantCulture, $"line {step.Line}: {what} of 0x{step.Iova:x} to 0x{step.Last:x}{name}{again}: {refused.Text}");
        })];
        if (_refused.Count > LinesMax)
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"and {_refused.Count - LinesMax} more refused ranges"));
        }

        return lines;
    }

    /// <summary>Whether a range is a device's BAR as far as name and place tell: not RAM by name, in the hole below 4 GiB or far above RAM.</summary>
    public static bool IsBar(ImportedStep step)
    {
        if (step.Region.Length > 0)
        {
            return step.Region.Contains("BAR", StringComparison.Ordinal) || step.Region.Contains("mmap", StringComparison.Ordinal);
        }

        return step.Size < BarMax && (step.Iova is >= HoleFirst and < HoleEnd || step.Iova >= HighFirst);
    }

    /// <summary>Why memory cannot be pinned.</summary>
    public static string OfUnpinned(ImportedStep step, bool isBar) =>
        isBar
            ? "the address is that of a BAR: the kernel could not pin another device's memory there (type1 pins it only where it is mapped into the VMM; iommufd never). "
                + "Harmless unless devices talk to each other"
            : "the memory behind the guest's RAM cannot be pinned: its backend has no page there (a file that is too short, no huge page left, a page that has not come yet as in postcopy, "
                + "or memory that forbids pinning). Look at the memory backend. With the series the map is answered 0, and a page is asked for when a device wants it";
}
