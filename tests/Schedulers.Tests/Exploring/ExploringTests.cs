using System.Globalization;
using Iopf.Kernel;

namespace Iopf.Schedulers.Tests.Exploring;

/// <summary>The tester is tested: what is planted is found, and the reduction loses no outcome.</summary>
public sealed class ExploringTests
{
    public static TheoryData<string> Programs => ["opposite", "counter", "lost wake-up", "aba", "independent", "readers", "three", "chain"];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Reduction_finds_every_outcome_of_plain_depth_first_in_no_more_runs(string name)
    {
        PlantedProgram plain = Program(name).Explore(new DepthFirst(reduces: false), most: 200_000);
        PlantedProgram reduced = Program(name).Explore(new DepthFirst(reduces: true));

        Assert.True(plain.Runs < 200_000, "plain depth-first does not end");
        Assert.Equal(plain.Outcomes, reduced.Outcomes);
        Assert.True(reduced.Runs <= plain.Runs, $"{reduced.Runs} reduced, {plain.Runs} plain");
    }

    [Fact]
    public void Reduction_finds_every_outcome_of_plain_depth_first_in_programs_drawn_by_lot() => AssertReductionLosesNothing(seeds: 30, least: 20);

    [Fact]
    [Trait("Suite", "Slow")]
    public void Reduction_finds_every_outcome_of_plain_depth_first_in_more_programs_drawn_by_lot() => AssertReductionLosesNothing(seeds: 150, least: 100);

    private static void AssertReductionLosesNothing(ulong seeds, int least)
    {
        int compared = 0;
        for (ulong seed = 0; seed < seeds; seed++)
        {
            MadeUpProgram program = new(seed);
            PlantedProgram plain = new PlantedProgram(program.Make).Explore(new DepthFirst(reduces: false), most: 3000);
            if (plain.Runs == 3000)
            {
                continue;
            }

            compared++;
            PlantedProgram reduced = new PlantedProgram(program.Make).Explore(new DepthFirst(reduces: true), most: 3001);
            Assert.True(plain.Outcomes.SetEquals(reduced.Outcomes), $"seed {seed}: {plain.Runs} plain {string.Join(" | ", plain.Outcomes.Except(reduced.Outcomes))}");
            Assert.True(reduced.Runs <= plain.Runs, $"seed {seed}: {reduced.Runs} reduced, {plain.Runs} plain");
        }

        Assert.True(compared > least);
    }

    [Fact]
    public void Cycle_of_three_locks_is_found_where_plain_depth_first_takes_hundreds_of_thousands_of_runs()
    {
        PlantedProgram reduced = Program("nested").Explore(new DepthFirst(reduces: true), most: 10_000);

        Assert.Equal(["deadlock L2", "done"], reduced.Outcomes);
        Assert.True(reduced.Runs < 10_000);
    }

    [Fact]
    public void Threads_that_share_nothing_need_one_run() => Assert.Equal(1, Program("independent").Explore(new DepthFirst(reduces: true)).Runs);

    [Theory]
    [InlineData("opposite", "deadlock L2")]
    [InlineData("counter", "1")]
    [InlineData("lost wake-up", "deadlock R1")]
    [InlineData("aba", "lost")]
    public void Every_strategy_finds_what_is_planted(string name, string outcome)
    {
        Assert.Contains(outcome, Program(name).Explore(new DepthFirst(reduces: true)).Outcomes);
        Assert.Contains(outcome, Program(name).Explore(new DepthFirst(reduces: false, preemptions: 2)).Outcomes);
        Assert.Contains(outcome, Program(name).Explore(new UniformRandom(1), most: 2000).Outcomes);
        Assert.Contains(outcome, Program(name).Explore(new PriorityRandom(1, depth: 3), most: 2000).Outcomes);
    }

    [Fact]
    public void Without_preemptions_the_counter_counts() =>
        Assert.Equal(["2"], Program("counter").Explore(new DepthFirst(reduces: false, preemptions: 0)).Outcomes);

    [Fact]
    public void Same_seed_draws_the_same_runs()
    {
        List<int> Draw(ulong seed)
        {
            Lots lots = new(seed);
            return [.. Enumerable.Range(0, 20).Select(_ => lots.Below(1000))];
        }

        Assert.Equal(Draw(7), Draw(7));
        Assert.NotEqual(Draw(7), Draw(8));
    }

    private static PlantedProgram Program(string name) => new(scheduler => name switch
    {
        "opposite" => Opposite(scheduler),
        "counter" => Counter(scheduler),
        "lost wake-up" => LostWakeUp(scheduler),
        "aba" => Aba(scheduler),
        "independent" => Independent(scheduler),
        "readers" => Readers(scheduler),
        "three" => Three(scheduler),
        "nested" => Nested(scheduler),
        _ => Chain(scheduler),
    });

    private static (KeyValuePair<string, Action>[] Threads, Func<string> Outcome) Opposite(ControlledScheduler scheduler)
    {
        KernelMutex left = new(scheduler, "left");
        KernelMutex right = new(scheduler, "right");
        return ([Both("a", left, right), Both("b", right, left)], () => "done");
    }

    private static KeyValuePair<string, Action> Both(string name, KernelMutex outer, KernelMutex inner) => PlantedProgram.Thread(name, () =>
    {
        using (outer.Hold())
        using (inner.Hold())
        {
        }
    });

    private static (KeyValuePair<string, Action>[] Threads, Func<string> Outcome) Counter(ControlledScheduler scheduler)
    {
        int count = 0;
        void Increment()
        {
            scheduler.Point("count");
            int seen = count;
            scheduler.Point("count");
            count = seen + 1;
        }

        return ([PlantedProgram.Thread("a", Increment), PlantedProgram.Thread("b", Increment)], () => count.ToString(CultureInfo.InvariantCulture));
    }

    private static (KeyValuePair<string, Action>[] Threads, Func<string> Outcome) LostWakeUp(ControlledScheduler scheduler)
    {
        WaitQueue queue = new(scheduler, "news");
        bool isThere = false;
        void Sleep()
        {
            // The condition is looked at before the thread is on the queue, and never again.
            scheduler.Point("news flag");
            bool seen = isThere;
            if (!seen)
            {
                bool wasAsleep = false;
                queue.Wait(() => wasAsleep || !(wasAsleep = true));
            }
        }

        void Tell()
        {
            scheduler.Point("news flag");
            isThere = true;
            queue.WakeAll();
        }

        return ([PlantedProgram.Thread("a", Sleep), PlantedProgram.Thread("b", Tell)], () => "woken");
    }

    private static (KeyValuePair<string, Action>[] Threads, Func<string> Outcome) Aba(ControlledScheduler scheduler)
    {
        // A stack of 1 over 2; whoever pops trusts the head that it saw, though it may have been popped and pushed again.
        int head = 1;
        Dictionary<int, int> next = new() { [1] = 2, [2] = 0 };
        string outcome = "fine";
        void Pop()
        {
            scheduler.Point("head");
            int seen = head;
            if (seen == 0)
            {
                return;
            }

            int after = next[seen];
            scheduler.Point("head");
            if (head == seen)
            {
                head = after;
                outcome = head == 2 && !next.ContainsKey(2) ? "lost" : outcome;
            }
        }

        void PopTwicePushOne()
        {
            scheduler.Point("head");
            head = 2;
            scheduler.Point("head");
            head = 0;
            next.Remove(2);
            scheduler.Point("head");
            next[1] = head;
            head = 1;
        }

        return ([PlantedProgram.Thread("a", Pop), PlantedProgram.Thread("b", PopTwicePushOne)], () => $"{outcome}");
    }

    private static (KeyValuePair<string, Action>[] Threads, Func<string> Outcome) Independent(ControlledScheduler scheduler)
    {
        KernelMutex one = new(scheduler, "one");
        KernelMutex other = new(scheduler, "other");
        void Use(KernelMutex mutex)
        {
            mutex.Hold().Dispose();
            mutex.Hold().Dispose();
        }

        return ([PlantedProgram.Thread("a", () => Use(one)), PlantedProgram.Thread("b", () => Use(other))], () => "done");
    }

    private static (KeyValuePair<string, Action>[] Threads, Func<string> Outcome) Readers(ControlledScheduler scheduler)
    {
        RwSemaphore semaphore = new(scheduler, "semaphore");
        string log = "";
        int value = 0;
        void Read(string name)
        {
            using (semaphore.HoldRead())
            {
                log = string.Join(' ', log.Split(' ').Append($"{name}{value}").Order(StringComparer.Ordinal));
            }
        }

        void Write()
        {
            using (semaphore.HoldWrite())
            {
                value++;
            }
        }

        return ([PlantedProgram.Thread("a", () => Read("a")), PlantedProgram.Thread("b", () => Read("b")), PlantedProgram.Thread("c", Write)], () => log);
    }

    private static (KeyValuePair<string, Action>[] Threads, Func<string> Outcome) Three(ControlledScheduler scheduler)
    {
        KernelMutex mutex = new(scheduler, "mutex");
        string order = "";
        void Note(string name)
        {
            using (mutex.Hold())
            {
                order += name;
            }
        }

        return ([.. new[] { "a", "b", "c" }.Select(name => PlantedProgram.Thread(name, () => Note(name)))], () => order);
    }

    private static (KeyValuePair<string, Action>[] Threads, Func<string> Outcome) Nested(ControlledScheduler scheduler)
    {
        KernelMutex a = new(scheduler, "a");
        KernelMutex b = new(scheduler, "b");
        KernelMutex c = new(scheduler, "c");
        return ([Both("t1", a, b), Both("t2", b, c), Both("t3", c, a)], () => "done");
    }

    private static (KeyValuePair<string, Action>[] Threads, Func<string> Outcome) Chain(ControlledScheduler scheduler)
    {
        KernelMutex mutex = new(scheduler, "mutex");
        WaitQueue queue = new(scheduler, "steps");
        int step = 0;
        string order = "";
        KernelThread worker = scheduler.CreateThread("worker", () =>
        {
            using (mutex.Hold())
            {
                order += "w";
            }

            step = 1;
            queue.WakeAll();
        });
        void Start()
        {
            scheduler.Wake(worker);
            using (mutex.Hold())
            {
                order += "a";
            }
        }

        void Await()
        {
            queue.Wait(() => step == 1);
            using (mutex.Hold())
            {
                order += "b";
            }
        }

        return ([PlantedProgram.Thread("a", Start), PlantedProgram.Thread("b", Await)], () => order);
    }
}
