using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>Reads translation tables for people: the tables, and runs of leaves that lead to adjacent memory with the same rights.</summary>
/// <param name="memory">Where the tables are.</param>
/// <param name="isStage1">Which stage's descriptors they hold.</param>
internal sealed class TableReader(PhysicalMemory memory, bool isStage1)
{
    private const int LastLevel = 3;
    private readonly List<TableNode> _tables = [];
    private readonly List<LeafRun> _leaves = [];

    /// <summary>The tables, each after the one that points to it.</summary>
    public IReadOnlyList<TableNode> Tables => _tables;

    /// <summary>Runs of leaves within one table, in ascending order.</summary>
    public IReadOnlyList<LeafRun> Leaves => _leaves;

    /// <summary>Reads everything below a first table.</summary>
    public void Read(ulong root, int startLevel, int inputBits)
    {
        int topBits = inputBits - ShiftOf(startLevel);
        Visit(new TableNode(root, startLevel, 0, null), 1UL << topBits);
    }

    /// <summary>The runs as lines, those of neighbouring tables joined.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<LeafRun> leaves)
    {
        List<LeafRun> joined = [];
        foreach (LeafRun leaf in leaves)
        {
            Join(joined, leaf);
        }

        return joined.Count == 0 ? ["    empty"] : joined.Select(Describe);
    }

    private static int ShiftOf(int level) => Page.Shift + (9 * (LastLevel - level));

    private static string Describe(LeafRun run) =>
        $"    0x{run.Input:x} to 0x{run.Last:x} -> 0x{run.Output:x}, {run.Count} x 0x{run.Size:x} {run.Rights}, first descriptor 0x{run.Descriptor:x16}";

    private static void Join(List<LeafRun> runs, LeafRun leaf)
    {
        if (runs.Count > 0 && runs[^1].IsContinuedBy(leaf))
        {
            runs[^1] = runs[^1] with { Count = runs[^1].Count + leaf.Count };
            return;
        }

        runs.Add(leaf);
    }

    private void Visit(TableNode table, ulong entries)
    {
        _tables.Add(table);
        int shift = ShiftOf(table.Level);
        List<LeafRun> leaves = [];
        for (ulong i = 0; i < entries; i++)
        {
            ulong descriptor = memory.ReadWord(table.Address + (i << 3));
            if (!PageDescriptor.IsValid(descriptor, shift) && !(table.Level < LastLevel && (descriptor & 3) == 3))
            {
                continue;
            }

            ulong input = table.Input + (i << shift);
            ulong output = descriptor & PageDescriptor.AddressMask;
            if (!PageDescriptor.IsTable(descriptor, shift))
            {
                Join(leaves, new LeafRun(table.Address, input, output, 1UL << shift, 1, RightsOf(descriptor).ToString(), descriptor));
            }
            else
            {
                _leaves.AddRange(leaves);
                leaves.Clear();
                Visit(new TableNode(output, table.Level + 1, input, table.Address), 512);
            }
        }

        _leaves.AddRange(leaves);
    }

    private AccessRights RightsOf(ulong leaf) => isStage1 ? PageDescriptor.Stage1Rights(leaf, tables: 0) : PageDescriptor.Stage2Rights(leaf);
}
