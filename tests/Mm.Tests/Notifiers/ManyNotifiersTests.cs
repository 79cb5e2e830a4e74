using Iopf.Kernel;

namespace Iopf.Mm.Tests.Notifiers;

public sealed class ManyNotifiersTests
{
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
