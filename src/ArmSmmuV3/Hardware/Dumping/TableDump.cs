using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>Prints translation tables: runs of leaves that lead to adjacent memory with the same rights, one line each.</summary>
/// <param name="memory">Where the tables are.</param>
/// <param name="isStage1">Which stage's descriptors they hold.</param>
internal sealed class TableDump(PhysicalMemory memory, bool isStage1)
{
    private const int LastLevel = 3;
    private readonly List<Run> _runs = [];

    /// <summary>The runs in ascending order.</summary>
    public IEnumerable<string> Lines(ulong root, int startLevel, int inputBits)
    {
        _runs.Clear();
        int topBits = inputBits - ShiftOf(startLevel);
        Visit(root, startLevel, 0, 1UL << topBits);
        return _runs.Count == 0 ? ["    empty"] : _runs.Select(Describe);
    }

    private static int ShiftOf(int level) => Page.Shift + (9 * (LastLevel - level));

    private static string Describe(Run run) =>
        $"    0x{run.Input:x} to 0x{run.Input + (run.Size * run.Count) - 1:x} -> 0x{run.Output:x}, {run.Count} x 0x{run.Size:x} {run.Rights}, first descriptor 0x{run.Descriptor:x16}";

    private void Visit(ulong table, int level, ulong input, ulong entries)
    {
        int shift = ShiftOf(level);
        for (ulong i = 0; i < entries; i++)
        {
            ulong descriptor = memory.ReadWord(table + (i << 3));
            if (!PageDescriptor.IsValid(descriptor, shift) && !(level < LastLevel && (descriptor & 3) == 3))
            {
                continue;
            }

            ulong output = descriptor & PageDescriptor.AddressMask;
            if (PageDescriptor.IsLeaf(descriptor, shift))
            {
                Add(new Run(input + (i << shift), output, 1UL << shift, 1, RightsOf(descriptor), descriptor));
            }
            else
            {
                Visit(output, level + 1, input + (i << shift), 512);
            }
        }
    }

    private AccessRights RightsOf(ulong leaf) => isStage1 ? PageDescriptor.Stage1Rights(leaf, tables: 0) : PageDescriptor.Stage2Rights(leaf);

    private void Add(Run leaf)
    {
        if (_runs.Count > 0 && _runs[^1] is { } last && last.Size == leaf.Size && last.Rights == leaf.Rights
            && last.Input + (last.Size * last.Count) == leaf.Input && last.Output + (last.Size * last.Count) == leaf.Output)
        {
            _runs[^1] = last with { Count = last.Count + 1 };
            return;
        }

        _runs.Add(leaf);
    }

    private readonly record struct Run(ulong Input, ulong Output, ulong Size, ulong Count, AccessRights Rights, ulong Descriptor);
}
