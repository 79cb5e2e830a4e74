using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Iopf.Kernel;

namespace Iopf.Scenarios.Tests.Properties.Laws;

/// <summary>
/// Two runs that must come to the same, whatever the steps are: what the model may not depend on.
/// IOPF_FUZZ_CASES and IOPF_FUZZ_SEED make it more than a slice (eng/fuzz).
/// </summary>
public sealed class LawTests
{
    private const ulong Vaddr = 0x1000_0000;
    private const ulong OtherVaddr = 0x2000_0000;
    private const ulong Iova = 0x10_0000;
    private const ulong OtherIova = 0x800_0000;
    private const string EnableIopf = """{"op":"enable_iopf"}""";
    private const string Fork = """{"op":"fork","process":"vmm","child":"twin"}""";
    private const string Books = """{"op":"inspect"}""";

    // "words" hold the STAG, which numbers the stalls of the whole SMMU.
    private static readonly string[] OfFaults = ["faults", "event", "words"];

    private static readonly string[] Moved = ["dma", "cpu_read", "cpu_write", "map_dma", "unmap_dma", "inspect"];

    private static readonly Gen<LawCase> Cases =
        from seed in Gen.Choose(0, int.MaxValue)
        from subset in Gen.Frequency((1, Gen.Choose(0, 255)), (1, Gen.Constant(255)))
        from premap in Gen.Elements(1, 2, 4, 512)
        select new LawCase(seed, subset, premap);

    [Fact]
    public void Mapping_a_range_using_it_and_unmapping_it_leaves_nothing_behind() => CheckAll(law =>
    {
        Random random = new(law.Seed);
        LawSteps steps = new(random, "nic0", Vaddr, Iova);
        LawSteps beside = new(random, "nic1", Vaddr, OtherIova);
        string[] before = [.. steps.Memory(), .. MaybeIopf(random), .. Some(random, 20, steps.Map, steps.Unmap, steps.Dma, steps.Cpu, steps.Movement, steps.Change)];
        string[] detour = [beside.Map(), .. Some(random, 6, () => beside.Dma(0, LawSteps.Pages * Page.Size, ""), () => beside.Dma(Page.Size, 1, "")), beside.Unmap()];
        string[] after = [Books, .. Some(random, 10, steps.Map, steps.Dma, steps.Cpu, steps.Movement), .. steps.Look(), Books];

        return Compare(
            law.Run([.. before, .. after]).Skip(before.Length),
            law.Run([.. before, .. detour, .. after]).Skip(before.Length + detour.Length));
    });

    [Fact]
    public void A_mapping_in_pieces_moves_the_bytes_of_the_whole_one() => CheckAll(law =>
    {
        Random random = new(law.Seed);
        LawSteps steps = new(random, "nic0", Vaddr, Iova);
        (ulong first, ulong count) = steps.SomePages();
        string access = steps.Pick("r", "rw");
        string[] memory = [.. steps.Memory(), .. MaybeIopf(random)];
        List<string> pieces = [];
        for (ulong page = first; page < first + count;)
        {
            ulong size = Math.Min((ulong)random.Next(1, 6), first + count - page);
            pieces.Add(steps.Map(page, size, page, access));
            page += size;
        }

        string[] after =
        [
            .. Some(random, 20, steps.Dma, steps.Cpu, steps.Movement, steps.Change), .. steps.Look(), Books, steps.Unmap(), Books,
        ];
        return Compare(
            law.Run([.. memory, steps.Map(first, count, first, access), .. after]).TakeLast(after.Length).Where(IsMovement),
            law.Run([.. memory, .. pieces, .. after]).TakeLast(after.Length).Where(IsMovement),
            withFaults: false);
    });

    [Fact]
    public void A_DMA_in_pieces_moves_the_bytes_of_the_whole_one() => CheckAll(law =>
    {
        Random random = new(law.Seed);
        LawSteps steps = new(random, "nic0", Vaddr, Iova);
        List<string> whole = [.. steps.Memory(), .. MaybeIopf(random), steps.Map(0, LawSteps.Pages, 0, "rw")];
        List<string> parts = [.. whole];
        List<(int Whole, int First, int Count)> pairs = [];
        for (int i = 0; i < 20; i++)
        {
            string step = Some(random, 1, steps.Cpu, steps.Movement).Single();
            whole.Add(step);
            parts.Add(step);
            bool isWrite = random.Next(2) == 0;
            ulong offset = ((ulong)random.Next(1, (int)LawSteps.Pages - 3) * Page.Size) - (ulong)random.Next(LawSteps.Shown);
            ulong length = (ulong)random.Next(1, isWrite ? 3 * (int)Page.Size : LawSteps.Shown);
            string data = isWrite ? "5a" : "";
            int start = parts.Count;
            for (ulong at = 0; at < length;)
            {
                ulong piece = Math.Min((ulong)random.Next(1, isWrite ? 5000 : 20), length - at);
                parts.Add(steps.Dma(offset + at, piece, data));
                at += piece;
            }

            if (!isWrite)
            {
                pairs.Add((whole.Count, start, parts.Count - start));
            }

            whole.Add(steps.Dma(offset, length, data));
        }

        whole.AddRange(steps.Look());
        parts.AddRange(steps.Look());
        IReadOnlyList<RunOperation> one = law.Run(whole);
        IReadOnlyList<RunOperation> many = law.Run(parts);
        string difference = Compare(one.TakeLast(steps.Look().Count()), many.TakeLast(steps.Look().Count()), withFaults: false);
        foreach ((int at, int start, int count) in pairs)
        {
            string joined = string.Concat(many.Skip(start).Take(count).Select(DataOf));
            difference += joined == DataOf(one[at]) ? "" : $"{one[at].Text}: {DataOf(one[at])} in pieces {joined}\n";
        }

        return difference;
    });

    [Fact]
    public void Who_shares_no_range_can_act_in_any_order() => CheckAll(law =>
    {
        Random random = new(law.Seed);
        LawSteps left = new(random, "nic0", Vaddr, Iova);
        LawSteps right = new(random, random.Next(2) == 0 ? "nic1" : "nic2", OtherVaddr, OtherIova);
        string[] start = [.. MaybeIopf(random)];
        string[] one = [.. left.Memory(), .. Some(random, 20, left.Map, left.Unmap, left.Dma, left.Cpu, left.Movement, left.Change), .. left.Look()];
        string[] other = [.. right.Memory(), .. Some(random, 20, right.Map, right.Unmap, right.Dma, right.Cpu, right.Movement, right.Change), .. right.Look()];

        bool[] firstMoves = Interleave(random, one.Length, other.Length);
        bool[] otherMoves = Interleave(random, one.Length, other.Length);
        IReadOnlyList<RunOperation> first = law.Run([.. start, .. Merge(firstMoves, one, other), Books]);
        IReadOnlyList<RunOperation> second = law.Run([.. start, .. Merge(otherMoves, one, other), Books]);
        return Compare(Of(first, true, firstMoves), Of(second, true, otherMoves))
            + Compare(Of(first, false, firstMoves), Of(second, false, otherMoves))
            + Compare(first.TakeLast(1), second.TakeLast(1));

        IEnumerable<RunOperation> Of(IReadOnlyList<RunOperation> run, bool isOne, bool[] moves) =>
            run.Skip(start.Length).Take(moves.Length).Where((_, index) => moves[index] == isOne);
    });

    [Fact]
    public void With_faults_and_without_them_the_same_bytes_move() => CheckAll(
        law =>
        {
            Random random = new(law.Seed);

            // A page that is pinned for reading only may be shared (the zero page, a merged one), and the process's next write gets another.
            LawSteps steps = new(random, "nic0", Vaddr, Iova) { Access = ["rw"] };
            string[] memory = [.. steps.Memory()];
            string[] all =
            [
                .. Some(random, 15, steps.Map, steps.Unmap, steps.Dma, steps.Cpu, steps.Movement),
                .. random.Next(2) == 0 ? Array.Empty<string>() : [Fork],
                .. Some(random, 15, steps.Map, steps.Unmap, steps.Dma, steps.Cpu, steps.Movement),
                .. steps.Look(),
            ];
            return Compare(
                law.Run([.. memory, EnableIopf, .. all]).TakeLast(all.Length).Where(IsMovement),
                law.Run([.. memory, .. all]).TakeLast(all.Length).Where(IsMovement),
                withFaults: false);
        },
        onlyWholeSeries: true);

    [Fact]
    public void The_length_of_the_window_changes_faults_but_no_data() => CheckAll(
        law =>
        {
            Random random = new(law.Seed);
            LawSteps steps = new(random, "nic0", Vaddr, Iova);
            string[] all =
            [
                .. steps.Memory(), EnableIopf, .. Some(random, 40, steps.Map, steps.Unmap, steps.Dma, steps.Dma, steps.Cpu, steps.Movement, steps.Change),
                .. steps.Look(),
            ];
            return Compare(law.Run(all, premap: 1).Where(IsMovement), law.Run(all, random.Next(2, 40)).Where(IsMovement), withFaults: false);
        },
        onlyWholeSeries: true);

    private static bool IsMovement(RunOperation operation) => Moved.Contains(operation.Op);

    private static string[] MaybeIopf(Random random) => random.Next(4) == 0 ? [] : [EnableIopf];

    private static string[] Some(Random random, int most, params Func<string>[] kinds)
    {
        int count = random.Next(1, most + 1);
        string[] made = new string[count];
        for (int i = 0; i < count; i++)
        {
            made[i] = kinds[random.Next(kinds.Length)]();
        }

        return made;
    }

    /// <summary>Who moves when: true for the one, false for the other.</summary>
    private static bool[] Interleave(Random random, int one, int other)
    {
        bool[] moves = new bool[one + other];
        Array.Fill(moves, true, 0, one);
        random.Shuffle(moves);
        return moves;
    }

    private static string[] Merge(bool[] moves, string[] one, string[] other)
    {
        int left = 0;
        int right = 0;
        return [.. moves.Select(isOne => isOne ? one[left++] : other[right++])];
    }

    private static string DataOf(RunOperation operation) => operation.Details.FirstOrDefault(detail => detail.Key == "data").Value ?? "";

    private static string Compare(IEnumerable<RunOperation> one, IEnumerable<RunOperation> other, bool withFaults = true) => string.Join(
        '\n',
        one.Select(operation => Describe(operation, withFaults && operation.Op != "inspect"))
            .Zip(other.Select(operation => Describe(operation, withFaults && operation.Op != "inspect")))
            .Where(pair => pair.First != pair.Second)
            .Select(pair => $"{pair.First}\n  is not {pair.Second}"));

    private static string Describe(RunOperation operation, bool withFaults) =>
        $"{operation.Text}: {operation.Result} "
        + string.Join(' ', operation.Details.Where(detail => withFaults ? detail.Key != "words" : !OfFaults.Contains(detail.Key)));

    private static void CheckAll(Func<LawCase, string> difference, bool onlyWholeSeries = false)
    {
        int cases = Math.Max(1, Setting("IOPF_FUZZ_CASES", 60) / 2);
        Config config = Config.QuickThrowOnFailure.WithMaxTest(cases).WithReplay((ulong)Setting("IOPF_FUZZ_SEED", 20210409), 1);
        Prop.ForAll(
            Cases.Select(law => onlyWholeSeries ? law with { Subset = 255 } : law).ToArbitrary(),
            law =>
            {
                string found = difference(law);
                return (found.Length == 0).Label(found.Length == 0 ? "" : $"{law.Keep()}\n{found}");
            }).Check(config);
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is string value ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;
}
