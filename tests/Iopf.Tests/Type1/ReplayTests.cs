using Iopf.Kernel;
using Iopf.Machine;
using Iopf.VfioType1;

namespace Iopf.Tests.Type1;

/// <summary>A new domain takes over what is mapped, or nothing: baseline.md 4.7.</summary>
public sealed class ReplayTests
{
    private const ulong First = 0x10_0000;

    // Another table of the page tables than the first mapping's.
    private const ulong Second = 0x4000_0000;

    [Fact]
    public void A_mapping_of_scattered_frames_is_copied_run_by_run()
    {
        using Type1Bench bench = new();
        Scatter(bench, 8);
        bench.Map(First, 8);

        Assert.Equal(Errno.None, bench.Attach("nic2"));

        Assert.Equal(EntriesOf(bench.State.Domains[1]), EntriesOf(bench.State.Domains[0]));
        Assert.Equal(8, EntriesOf(bench.State.Domains[0]).Count);
    }

    [Fact]
    public void Whoever_replays_pins_nothing_that_is_mapped_already()
    {
        using Type1Bench bench = new();
        bench.Map(First, 8);
        long pins = bench.Host.Memory.TotalPins;

        Assert.Equal(Errno.None, bench.Attach("nic2"));

        Assert.Equal((8, pins), (bench.LockedVm, bench.Host.Memory.TotalPins));
    }

    [Fact]
    public void A_page_that_the_first_domain_lacks_is_warned_of_and_left_out()
    {
        Type1Bench bench = new();
        bench.Map(First, 4);
        bench.State.FirstDomain!.Domain.Unmap(new Iova(First + 0x1000), Page.Size);
        List<TraceEvent> trace = [];
        bench.Host.Kernel.Trace.Subscribe(trace.Add);

        Assert.Equal(Errno.None, bench.Attach("nic2"));

        Assert.Equal([First, First + 0x2000, First + 0x3000], EntriesOf(bench.State.Domains[0]).Select(entry => entry.Iova));
        TraceEvent warning = Assert.Single(trace, step => step.Text.StartsWith("warning", StringComparison.Ordinal));
        Assert.Equal("vfio_iommu_replay", warning.Function);

        // The bench is not disposed of: a page was taken out behind the container's back, and its pin is lost.
    }

    [Fact]
    public void The_newest_domain_is_the_first_one()
    {
        using Type1Bench bench = new();
        Type1Domain old = bench.State.FirstDomain!;

        bench.Attach("nic2");

        Assert.NotSame(old, bench.State.FirstDomain);
        Assert.Same(old, bench.State.Domains[1]);
    }

    [Fact]
    public void The_first_IOMMU_group_beside_mediated_ones_pins_and_accounts_what_was_mapped_without_it()
    {
        using Type1Bench bench = new(group: "mdev0");
        bench.Notify((_, _) => { });
        bench.Map(First, 4);
        bench.Pin("mdev0", [First, First + 0x2000]);
        Assert.Equal((2, 2), (bench.LockedVm, bench.Host.Memory.TotalPins));

        Assert.Equal(Errno.None, bench.Attach("nic0"));

        Assert.True(bench.State.Mappings[0].IsIommuMapped);
        Assert.Equal((4, 6), (bench.LockedVm, bench.Host.Memory.TotalPins));
        Assert.Equal(DmaState.Completed, bench.Write("nic0", First + 0x3000));
        bench.Unpin("mdev0", First, First + 0x2000);
        Assert.Equal((4, 4), (bench.LockedVm, bench.Host.Memory.TotalPins));
    }

    [Fact]
    public void The_first_IOMMU_group_is_ENOMEM_where_the_mapper_may_not_lock_what_was_mapped_without_it()
    {
        using Type1Bench bench = new(group: "mdev0");
        bench.Map(First, 4);
        bench.Map(Second, 4, Type1Bench.Pages(8, 4).First.Value);
        bench.Vmm.MemlockLimitBytes = 6 * Page.Size;

        Assert.Equal(Errno.ENOMEM, bench.Attach("nic0"));

        Assert.Empty(bench.State.Domains);
        Assert.Equal((0, 0, 2), (bench.LockedVm, bench.Host.Memory.TotalPins, bench.State.Mappings.Count));
        Assert.All([bench.State.Mappings[0], bench.State.Mappings[1]], mapping => Assert.False(mapping.IsIommuMapped));
        bench.Vmm.MemlockLimitBytes = 8 * Page.Size;
        Assert.Equal(Errno.None, bench.Attach("nic0"));
    }

    [Fact]
    public void The_first_IOMMU_group_is_EFAULT_where_memory_is_missing_and_external_pins_stay_as_they_were()
    {
        using Type1Bench bench = new(group: "mdev0");
        bench.Notify((_, _) => { });
        bench.Map(First, 4);
        bench.Map(Second, 4, Type1Bench.Pages(8, 4).First.Value);
        bench.Pin("mdev0", [First]);
        bench.Vmm.Mm!.Munmap(Type1Bench.Pages(10, 1));

        Assert.Equal(Errno.EFAULT, bench.Attach("nic0"));

        Assert.Equal((1, 1), (bench.LockedVm, bench.Host.Memory.TotalPins));
        Assert.Equal("1", bench.Unpin("mdev0", First));
    }

    [Fact]
    public void With_any_number_of_frames_left_a_second_domain_takes_every_mapping_or_nothing() =>
        Assert.Contains(Errno.ENOMEM, AttachWithEveryFrameLimit("nic0", "nic2"));

    [Fact]
    public void With_any_number_of_frames_left_the_first_domain_beside_mediated_groups_takes_every_mapping_or_nothing() =>
        Assert.Contains(Errno.ENOMEM, AttachWithEveryFrameLimit("mdev0", "nic0"));

    [Fact]
    public void With_any_number_of_frames_left_a_mapping_enters_both_domains_or_none()
    {
        using Type1Bench bench = new();
        Assert.Equal(Errno.None, bench.Attach("nic2"));
        Scatter(bench, 8);
        List<Errno> answers = [];
        for (long left = 0; answers.LastOrDefault(Errno.ENOMEM) != Errno.None; left++)
        {
            bench.Host.Memory.FrameLimit = bench.Host.Memory.AllocatedFrames + left;
            answers.Add(bench.Map(Second, 8));
            if (answers[^1] != Errno.None)
            {
                Assert.Equal((0, 0, 65_535), (bench.LockedVm, bench.Host.Memory.TotalPins, bench.State.MappingsAvailable));
                Assert.All(bench.State.Domains, domain => Assert.Empty(EntriesOf(domain)));
            }
        }

        Assert.Contains(Errno.ENOMEM, answers);
        Assert.All(bench.State.Domains, domain => Assert.Equal(8, EntriesOf(domain).Count));
    }

    /// <summary>Lets memory end after 0, 1, 2, ... further frames, until a group joins; a refusal must change nothing.</summary>
    private static List<Errno> AttachWithEveryFrameLimit(string there, string joining)
    {
        List<Errno> answers = [];
        for (long left = 0; answers.LastOrDefault(Errno.ENOMEM) != Errno.None; left++)
        {
            using Type1Bench bench = new(group: there);
            Scatter(bench, 8);
            bench.Map(First, 8);
            bench.Map(Second, 8, Type1Bench.Pages(16, 8).First.Value);
            (long, long, int) before = (bench.LockedVm, bench.Host.Memory.TotalPins, bench.State.Domains.Count);
            bench.Host.Memory.FrameLimit = bench.Host.Memory.AllocatedFrames + left;

            answers.Add(bench.Attach(joining));

            if (answers[^1] != Errno.None)
            {
                Assert.Equal(before, (bench.LockedVm, bench.Host.Memory.TotalPins, bench.State.Domains.Count));
                Assert.Equal(there == "nic0", bench.State.Mappings[0].IsIommuMapped);
            }

            bench.Host.Memory.FrameLimit = long.MaxValue;
        }

        return answers;
    }

    /// <summary>Touches the VMM's first pages backwards, so that their frames are not contiguous.</summary>
    private static void Scatter(Type1Bench bench, ulong pages)
    {
        for (ulong page = pages; page-- > 0;)
        {
            bench.Vmm.Mm!.Write(Type1Bench.Pages(page, 1).First, new byte[] { 1 });
        }
    }

    private static List<(ulong Iova, ulong Physical)> EntriesOf(Type1Domain domain)
    {
        List<(ulong, ulong)> entries = [];
        domain.Domain.VisitEntries((iova, physical, _) => entries.Add((iova.Value, physical)));
        return entries;
    }
}
