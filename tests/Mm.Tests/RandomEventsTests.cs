using Iopf.Kernel;
using Iopf.TestKit.Mm;

namespace Iopf.Mm.Tests;

/// <summary>Seeded sequences of events against a model that knows only the bytes; every frame is counted at the end.</summary>
public sealed class RandomEventsTests
{
    private const int PageCount = 24;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void No_event_changes_what_a_process_reads_and_no_frame_is_lost(int seed)
    {
        Random random = new(seed);
        Host host = new();
        LockOrder order = new();
        ((InlineScheduler)host.Kernel.Scheduler).LockOrder = order;
        host.WithPages(PageCount);
        byte[] expected = new byte[PageCount];
        RecordingNotifier notifier = RecordingNotifier.On(host.Mm);
        List<AddressSpace> children = [];

        for (int step = 0; step < 3000; step++)
        {
            int page = random.Next(PageCount);
            Apply(host, random, page, expected, children);
            Assert.Equal(expected[page], Host.Read(host.Mm, (ulong)page));
            notifier.Calls.Clear();
        }

        children.ForEach(child => child.Exit());
        host.Mm.Exit();
        host.Mm.UnregisterNotifier(notifier);
        Assert.Equal((0L, 0), (host.Memory.AllocatedFrames, host.Memory.SwappedPages));
        Assert.Empty(order.Cycles);
    }

    private static void Apply(Host host, Random random, int page, byte[] expected, List<AddressSpace> children)
    {
        UserAddress at = Host.At((ulong)page);
        UserRange range = Host.Pages((ulong)page, (ulong)random.Next(1, PageCount - page + 1));
        switch (random.Next(11))
        {
            case 0: host.Mm.SwapOut(at); break;
            case 1: host.Mm.Migrate(at); break;
            case 2: host.Mm.Merge(at, host.Mm, Host.At((ulong)random.Next(PageCount))); break;
            case 3: host.Mm.HintNuma(range); break;
            case 4: host.Mm.Mprotect(range, MemoryAccess.None); host.Mm.Mprotect(range, Host.ReadWrite); break;
            case 5: children.Add(host.Mm.Fork("child")); break;
            case 6 when children.Count > 0: children[0].Exit(); children.RemoveAt(0); break;
            case 7: host.Mm.Mremap(range, Host.At(0x1000)); host.Mm.Mremap(UserRange.OfLength(Host.At(0x1000), range.Length), range.First); break;
            case 8: host.Mm.Madvise(range, MemoryAdvice.DontNeed); Array.Clear(expected, page, (int)range.PageCount); break;
            case 9: host.Mm.Munmap(range); host.Mm.Mmap(range, Host.ReadWrite); Array.Clear(expected, page, (int)range.PageCount); break;
            default: Host.Write(host.Mm, (ulong)page, expected[page] = (byte)random.Next(1, 4)); break;
        }
    }
}
