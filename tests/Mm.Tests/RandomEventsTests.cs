using Iopf.Kernel;
using Iopf.TestKit.Mm;

namespace Iopf.Mm.Tests;

/// <summary>Seeded sequences of events against a model that knows only the bytes; every frame is counted at the end.</summary>
public sealed class RandomEventsTests
{
    private const int PageCount = 24;

    // The first page whose address is a multiple of 2 MiB.
    private const ulong HugeOffset = 0x1f0;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void No_event_changes_what_a_process_reads_and_no_frame_is_lost(int seed)
    {
        Host host = new();
        host.WithPages(PageCount);
        Run(host, seed, offset: 0);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void The_same_holds_while_memory_is_short(int seed)
    {
        Host host = new();
        host.Memory.ReclaimsAtLimit = true;
        host.WithPages(PageCount);
        host.Memory.FrameLimit = 36;
        Run(host, seed, offset: 0);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    public void The_same_holds_for_huge_pages(int seed)
    {
        Host host = new();
        Assert.Equal(Errno.None, host.Mm.Mmap(Host.Pages(HugeOffset, 512), Host.ReadWrite));
        Run(host, seed, HugeOffset);
    }

    private static void Run(Host host, int seed, ulong offset)
    {
        Random random = new(seed);
        LockOrder order = new();
        ((InlineScheduler)host.Kernel.Scheduler).LockOrder = order;
        byte[] expected = new byte[PageCount];
        RecordingNotifier notifier = RecordingNotifier.On(host.Mm);
        List<AddressSpace> children = [];
        bool wasHuge = false;

        for (int step = 0; step < 3000; step++)
        {
            int page = random.Next(PageCount);
            Apply(host, random, offset, page, expected, children);
            wasHuge |= host.Mm.HugePages.IsMapped(Host.At(offset));
            Assert.Equal(expected[page], Host.Read(host.Mm, offset + (ulong)page));
            Assert.Equal(notifier.Calls.Count(call => call.Name == "start"), notifier.Calls.Count(call => call.Name == "end"));
            notifier.Calls.Clear();
        }

        Assert.Equal(offset != 0, wasHuge);
        children.ForEach(child => child.Exit());
        host.Mm.Exit();
        host.Mm.UnregisterNotifier(notifier);
        Assert.Equal((0L, 0), (host.Memory.AllocatedFrames, host.Memory.SwappedPages));
        Assert.Empty(order.Cycles);
    }

    private static void Apply(Host host, Random random, ulong offset, int page, byte[] expected, List<AddressSpace> children)
    {
        UserAddress at = Host.At(offset + (ulong)page);
        UserRange range = Host.Pages(offset + (ulong)page, (ulong)random.Next(1, PageCount - page + 1));
        switch (random.Next(offset == 0 ? 12 : 15))
        {
            case 0: host.Mm.SwapOut(at); break;
            case 1: host.Mm.Migrate(at); break;
            case 2: host.Mm.Merge(at, host.Mm, Host.At(offset + (ulong)random.Next(PageCount))); break;
            case 3: host.Mm.HintNuma(range); break;
            case 4: host.Mm.Mprotect(range, MemoryAccess.None); host.Mm.Mprotect(range, Host.ReadWrite); break;
            case 5 when children.Count < 3: children.Add(host.Mm.Fork("child").Value); break;
            case 6 when children.Count > 0: children[0].Exit(); children.RemoveAt(0); break;
            case 7: host.Mm.Mremap(range, Host.At(0x1000)); host.Mm.Mremap(UserRange.OfLength(Host.At(0x1000), range.Length), range.First); break;
            case 8: host.Mm.Madvise(range, MemoryAdvice.DontNeed); Array.Clear(expected, page, (int)range.PageCount); break;
            case 9: host.Mm.Munmap(range); host.Mm.Mmap(range, Host.ReadWrite); Array.Clear(expected, page, (int)range.PageCount); break;
            case 10: host.Mm.Madvise(range, MemoryAdvice.Unmergeable); break;
            case 12: host.Mm.HugePages.Split(at); break;
            case 13 or 14: MakeHuge(host, offset, children); break;
            default: Host.Write(host.Mm, offset + (ulong)page, expected[page] = (byte)random.Next(1, 4)); break;
        }
    }

    private static void MakeHuge(Host host, ulong offset, List<AddressSpace> children)
    {
        // Pages that are shared, swapped out or not accessible would stay small.
        children.ForEach(child => child.Exit());
        children.Clear();
        host.Mm.Madvise(Host.Pages(offset, 512), MemoryAdvice.HugePage);
        host.Mm.Madvise(Host.Pages(offset, 512), MemoryAdvice.Unmergeable);
        for (ulong page = 0; page < PageCount; page++)
        {
            Host.Read(host.Mm, offset + page);
        }

        Errno error = host.Mm.HugePages.Collapse(Host.At(offset));
        Assert.True(error == Errno.None || host.Mm.HugePages.IsMapped(Host.At(offset)), $"{error}");
    }
}
