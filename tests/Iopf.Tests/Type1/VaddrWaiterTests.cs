using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Vfio;

namespace Iopf.Tests.Type1;

/// <summary>Who waits while the vaddr of a mapping is handed over, and what ends the wait: baseline.md 4.6.</summary>
public sealed class VaddrWaiterTests
{
    private const ulong First = 0x10_0000;
    private const ulong Second = 0x20_0000;

    [Fact]
    public void A_waiter_goes_on_although_another_vaddr_was_handed_back_before_it_ran()
    {
        using Type1Bench bench = HandedBack();
        bench.Map(Second, 2, Type1Bench.Pages(8, 2).First.Value);
        bench.WhenStuck(() =>
        {
            Assert.Equal(Errno.None, NewVaddr(bench, First));
            Assert.Equal("0 0x2000", HandBack(bench, Second));
        });

        Assert.Equal("1", bench.Pin("nic0", [First]));
        Assert.Equal("1", bench.Unpin("nic0", First));
    }

    [Fact]
    public void A_waiter_for_one_mapping_sleeps_on_when_another_gets_its_vaddr()
    {
        using Type1Bench bench = HandedBack();
        bench.Map(Second, 2, Type1Bench.Pages(8, 2).First.Value);
        HandBack(bench, Second);
        Sequence(
            bench,
            () => Assert.Equal(Errno.None, NewVaddr(bench, Second)),
            () => Assert.Equal(Errno.None, NewVaddr(bench, First)));

        Assert.Equal("1", bench.Pin("nic0", [First]));
        Assert.Equal(0, bench.State.VaddrInvalidCount);
        Assert.Equal("1", bench.Unpin("nic0", First));
    }

    [Fact]
    public void A_waiter_whose_mapping_is_unmapped_meanwhile_gets_EINVAL()
    {
        using Type1Bench bench = HandedBack();
        bench.WhenStuck(() => Assert.Equal("0 0x2000", bench.Unmap(First, 0x2000)));

        Assert.Equal("EINVAL", bench.Pin("nic0", [First]));
    }

    [Fact]
    public void A_waiter_that_is_killed_gets_EFAULT()
    {
        using Type1Bench bench = HandedBack();
        KernelThread waiter = bench.Host.Kernel.Scheduler.CreateCaller("waiter");
        bench.WhenStuck(() => waiter.HasFatalSignal = true);

        using (bench.Host.Kernel.Scheduler.Enter(waiter))
        {
            Assert.Equal("EFAULT", bench.Pin("nic0", [First]));
        }

        Assert.Equal(1, bench.State.VaddrInvalidCount);
    }

    [Fact]
    public void A_killed_waiter_cannot_attach_a_group_that_needs_a_new_domain()
    {
        using Type1Bench bench = HandedBack();
        KernelThread waiter = bench.Host.Kernel.Scheduler.CreateCaller("waiter");
        bench.WhenStuck(() => waiter.HasFatalSignal = true);

        using (bench.Host.Kernel.Scheduler.Enter(waiter))
        {
            Assert.Equal(Errno.EFAULT, bench.Attach("nic2"));
        }

        Assert.Single(bench.State.Domains);
    }

    [Fact]
    public void A_group_that_needs_a_new_domain_waits_until_every_vaddr_is_valid()
    {
        using Type1Bench bench = HandedBack();
        bench.Map(Second, 2, Type1Bench.Pages(8, 2).First.Value);
        HandBack(bench, Second);
        Sequence(
            bench,
            () => Assert.Equal(Errno.None, NewVaddr(bench, Second)),
            () => Assert.Equal(Errno.None, NewVaddr(bench, First)));

        Assert.Equal(Errno.None, bench.Attach("nic2"));
        Assert.Equal(2, bench.State.Domains.Count);
        Assert.Equal(0, bench.State.VaddrInvalidCount);
    }

    [Fact]
    public void A_group_that_shares_a_domain_does_not_wait()
    {
        using Type1Bench bench = HandedBack();

        Assert.Equal(Errno.None, bench.Attach("nic1"));
    }

    [Fact]
    public void A_vendor_driver_that_reads_waits_for_the_vaddr_and_reads_from_the_new_one()
    {
        using Type1Bench bench = HandedBack();
        bench.Vmm.Mm!.Write(Type1Bench.Pages(16, 1).First, new byte[] { 0x5a });
        bench.WhenStuck(() => Assert.Equal(Errno.None, NewVaddr(bench, First)));
        byte[] data = new byte[1];

        Assert.Equal(Errno.None, bench.Iommu.DmaReadWrite(bench.Vmm, new Iova(First), data, write: false));
        Assert.Equal(0x5a, data[0]);
    }

    [Fact]
    public void Only_pages_whose_own_mapping_lacks_its_vaddr_make_a_pin_wait()
    {
        using Type1Bench bench = HandedBack();
        bench.Map(Second, 2, Type1Bench.Pages(8, 2).First.Value);

        Assert.Equal("1", bench.Pin("nic0", [Second]));
        Assert.Equal("1", bench.Unpin("nic0", Second));
    }

    [Fact]
    public void A_pin_waits_before_it_finds_that_no_notifier_is_registered()
    {
        using Type1Bench bench = HandedBack(withNotifier: false);
        bool hasWaited = false;
        bench.WhenStuck(() =>
        {
            hasWaited = true;
            NewVaddr(bench, First);
        });

        Assert.Equal("EINVAL", bench.Pin("nic0", [First]));
        Assert.True(hasWaited);
    }

    [Fact]
    public void After_the_container_was_closed_nobody_waits_any_more()
    {
        using Type1Bench bench = HandedBack();
        bench.Iommu.NotifyContainerClosed();

        Assert.Equal("EFAULT", bench.Pin("nic0", [First]));
        Assert.Equal(Errno.EFAULT, bench.Attach("nic2"));
    }

    [Fact]
    public void Another_process_may_give_the_new_vaddr_and_the_memory_stays_that_of_the_mapper()
    {
        using Type1Bench bench = HandedBack();

        Assert.Equal(Errno.None, bench.Map(First, 2, Type1Bench.Pages(16, 1).First.Value, VfioMapDmaBits.Vaddr, bench.Other));

        VfioType1.DmaMapping mapping = bench.State.Mappings[0];
        Assert.Same(bench.Vmm, mapping.Task);
        Assert.Same(bench.Vmm.Mm, mapping.Mm);
        Assert.Equal(IommuProt.Read | IommuProt.Write, mapping.Prot);
        Assert.Equal(Type1Bench.Pages(16, 1).First, mapping.Vaddr);
    }

    [Fact]
    public void Handing_back_the_vaddrs_of_a_range_stops_at_the_first_mapping_of_another_process()
    {
        using Type1Bench bench = new();
        bench.Other.Mm!.Mmap(Type1Bench.Pages(0, 2), Mm.MemoryAccess.Read | Mm.MemoryAccess.Write);
        bench.Map(First, 2);
        bench.Map(Second, 2, caller: bench.Other);
        bench.Map(0x30_0000, 2);

        Assert.Equal("0 0x2000", bench.Unmap(0, 0, VfioUnmapDmaBits.All | VfioUnmapDmaBits.Vaddr));
        Assert.Equal(1, bench.State.VaddrInvalidCount);
    }

    [Fact]
    public void Handing_back_needs_whole_mappings_of_a_v2_container_but_only_the_first_byte_of_a_v1_container()
    {
        using (Type1Bench v2 = new())
        {
            v2.Map(First, 4);
            Assert.Equal("EINVAL", v2.Unmap(First, 0x1000, VfioUnmapDmaBits.Vaddr));
        }

        using Type1Bench v1 = new(VfioExtension.Type1);
        v1.Map(First, 4);
        Assert.Equal("0 0x0", v1.Unmap(First + 0x1000, 0x1000, VfioUnmapDmaBits.Vaddr));
        Assert.Equal("0 0x4000", v1.Unmap(First, 0x1000, VfioUnmapDmaBits.Vaddr));
    }

    [Fact]
    public void Detaching_the_last_group_ends_what_waits_with_its_mapping()
    {
        using Type1Bench bench = HandedBack();
        bench.WhenStuck(() => bench.Detach("nic0"));

        Assert.Equal("EINVAL", bench.Pin("nic0", [First]));
        Assert.Equal(0, bench.State.VaddrInvalidCount);
    }

    private static Type1Bench HandedBack(bool withNotifier = true)
    {
        Type1Bench bench = new();
        if (withNotifier)
        {
            bench.Notify((_, _) => { });
        }

        Assert.Equal(Errno.None, bench.Map(First, 2));
        Assert.Equal("0 0x2000", HandBack(bench, First));
        return bench;
    }

    /// <summary>Lets the environment act once each time a thread waits and nothing else can run.</summary>
    private static void Sequence(Type1Bench bench, params Action[] acts)
    {
        Queue<Action> left = new(acts);
        ((InlineScheduler)bench.Host.Kernel.Scheduler).NothingRunnable = (_, _) =>
        {
            if (!left.TryDequeue(out Action? act))
            {
                return false;
            }

            act();
            return true;
        };
    }

    private static string HandBack(Type1Bench bench, ulong iova) => bench.Unmap(iova, 0x2000, VfioUnmapDmaBits.Vaddr);

    private static Errno NewVaddr(Type1Bench bench, ulong iova) =>
        bench.Map(iova, 2, Type1Bench.Pages(16, 1).First.Value, VfioMapDmaBits.Vaddr);
}
