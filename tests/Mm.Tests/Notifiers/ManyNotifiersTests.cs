using Iopf.Kernel;

namespace Iopf.Mm.Tests.Notifiers;

public sealed class ManyNotifiersTests
{
    [Fact]
    public void The_newest_is_called_first_and_whoever_comes_during_a_round_is_called_from_the_next_on()
    {
        Host host = new();
        NotifierList list = new(host.Kernel, host.Mm);
        List<string> calls = [];
        Named late = new("late", calls);
        Named[] early = [new Named("third", calls), new Named("second", calls), new Named("first", calls) { Called = () => list.Hook(late) }];
        foreach (Named notifier in early)
        {
            list.Hook(notifier);
        }

        InvalidationRange range = new(Host.Pages(0, 1), InvalidationReason.Unmap, IsBlockable: true);
        list.Start(in range);
        list.Unhook(early[1]);
        list.Start(in range);

        Assert.Equal("first second third late first third", string.Join(' ', calls));
        Assert.Equal((true, false), (list.Contains(late), list.Contains(early[1])));
    }

    [Fact]
    public void Hooking_a_notifier_costs_the_same_however_many_there_are()
    {
        NotifierList list = new(new HostKernel(), new Host().Mm);
        Named[] notifiers = [.. Enumerable.Range(0, 10_000).Select(static number => new Named($"{number}", []))];
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (Named notifier in notifiers)
        {
            list.Hook(notifier);
        }

        // A list that is copied for each of them takes 400 MB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 2_000_000);
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(66, 1)]
    [InlineData(130, 66)]
    public void Whoever_refuses_a_range_gets_no_end_call_and_all_others_get_one(int count, int refusing)
    {
        Host host = new();
        host.WithPages(1);
        Counting[] notifiers = [.. Enumerable.Range(0, count).Select(number => new Counting(refuses: number == refusing))];
        NotifierList list = new(host.Kernel, host.Mm);
        foreach (Counting notifier in notifiers)
        {
            list.Hook(notifier);
        }

        Errno answer = list.Start(new InvalidationRange(Host.Pages(0, 1), InvalidationReason.Unmap, IsBlockable: false));

        Assert.Equal(Errno.EAGAIN, answer);
        Assert.All(notifiers, notifier => Assert.Equal((1, notifier.Refuses ? 0 : 1), (notifier.Starts, notifier.Ends)));
    }

    private sealed class Named(string name, List<string> calls) : MmuNotifier
    {
        public Action? Called { get; set; }

        public override Errno InvalidateRangeStart(AddressSpace mm, in InvalidationRange range)
        {
            calls.Add(name);
            Called?.Invoke();
            Called = null;
            return Errno.None;
        }
    }

    private sealed class Counting(bool refuses) : MmuNotifier
    {
        public bool Refuses => refuses;

        public int Starts { get; private set; }

        public int Ends { get; private set; }

        public override Errno InvalidateRangeStart(AddressSpace mm, in InvalidationRange range)
        {
            Starts++;
            return refuses ? Errno.EAGAIN : Errno.None;
        }

        public override void InvalidateRangeEnd(AddressSpace mm, in InvalidationRange range) => Ends++;
    }
}
