using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;
using Iopf.Patches;

namespace Iopf.Tests.Patches;

/// <summary>The same scenario with and without patch 3.</summary>
public sealed class UnpinnedMappingPatchTests
{
    [Fact]
    public void A_page_the_device_uses_is_free_to_move_with_the_patch_and_pinned_without()
    {
        using PatchedHost with = Used(PatchSet.All);
        using PatchedHost without = Used(PatchedHost.AllBut(3));

        Assert.Equal((0, 0), (with.Host.Memory.TotalPins, with.Host.LockedVm));
        Assert.Equal((1, 1), (without.Host.Memory.TotalPins, without.Host.LockedVm));

        Assert.Equal(Errno.None, with.Mm.Migrate(PatchedHost.At(0)));
        Assert.NotEqual(Errno.None, without.Mm.Migrate(PatchedHost.At(0)));
    }

    [Fact]
    public void After_a_migration_the_device_faults_again_and_finds_the_page_at_its_new_place()
    {
        using PatchedHost host = Used(PatchSet.All);
        ulong old = host.Translation(0)!.Value;

        host.Mm.Migrate(PatchedHost.At(0));

        Assert.False(host.IsMapped(0));
        Assert.Equal(DmaState.Completed, host.Read(0, out byte read));
        Assert.Equal(0x5a, read);
        Assert.NotEqual(old, host.Translation(0));
        Assert.Equal(host.Mm.FrameAt(PatchedHost.At(0))!.Value.Address, host.Translation(0));
    }

    [Fact]
    public void Unmapping_the_memory_stops_the_device_with_the_patch_and_leaves_it_the_old_page_without()
    {
        using PatchedHost with = Used(PatchSet.All);
        using PatchedHost without = Used(PatchedHost.AllBut(3));

        Assert.Equal(Errno.None, with.Mm.Munmap(PatchedHost.Pages(0, 1)));
        Assert.Equal(Errno.None, without.Mm.Munmap(PatchedHost.Pages(0, 1)));

        Assert.Equal(DmaState.Aborted, with.Read(0));
        Assert.Equal(DmaState.Completed, without.Read(0, out byte old));
        Assert.Equal(0x5a, old);
        Assert.Equal((1, 0), (with.Tally.PagesInvalidated, without.Tally.PagesInvalidated));
    }

    [Fact]
    public void Discarded_contents_are_seen_by_the_device_as_by_the_CPU_with_the_patch_only()
    {
        using PatchedHost with = Used(PatchSet.All);
        using PatchedHost without = Used(PatchedHost.AllBut(3));

        with.Mm.Madvise(PatchedHost.Pages(0, 1), MemoryAdvice.DontNeed);
        without.Mm.Madvise(PatchedHost.Pages(0, 1), MemoryAdvice.DontNeed);

        with.Read(0, out byte seenWith);
        without.Read(0, out byte seenWithout);
        Assert.Equal((0, 0), (seenWith, with.Load(0)));
        Assert.Equal((0x5a, 0), (seenWithout, without.Load(0)));
    }

    [Fact]
    public void More_memory_than_may_be_locked_is_reached_with_the_patch_and_not_without()
    {
        Assert.Equal(16, PagesWrittenUnderALimitOfFour(PatchSet.All));
        Assert.Equal(4, PagesWrittenUnderALimitOfFour(PatchedHost.AllBut(3)));
    }

    [Fact]
    public void Only_the_pages_of_the_changed_range_are_taken_away()
    {
        using PatchedHost host = Used(PatchSet.All);
        host.Write(1, 0x11);
        host.Write(2, 0x22);

        host.Mm.Mprotect(PatchedHost.Pages(1, 1), MemoryAccess.Read);

        Assert.Equal((true, false, true), (host.IsMapped(0), host.IsMapped(1), host.IsMapped(2)));
        Assert.Equal(DmaState.Completed, host.Read(1, out byte read));
        Assert.Equal(0x11, read);
        Assert.Equal(DmaState.Aborted, host.Write(1, 0x99));
    }

    [Fact]
    public void The_end_of_the_address_space_takes_every_page_away_and_later_faults_are_refused()
    {
        using PatchedHost host = Used(PatchSet.All);

        host.Mm.Exit();

        Assert.False(host.IsMapped(0));
        Assert.Equal(DmaState.Aborted, host.Read(0));
        Assert.Equal(DmaState.Aborted, host.Write(1, 1));
    }

    [Fact]
    public void A_device_write_after_a_fork_goes_to_the_parents_copy_and_the_child_keeps_the_old_bytes()
    {
        using PatchedHost host = Used(PatchSet.All);
        AddressSpace child = host.Mm.Fork("child").Value;

        Assert.Equal(DmaState.Completed, host.Write(0, 0x66));

        byte[] kept = new byte[1];
        Assert.Equal(Errno.None, child.Read(PatchedHost.At(0), kept));
        Assert.Equal((0x66, 0x5a), (host.Load(0), kept[0]));
        Assert.Equal(2, host.Tally.PageRequests);
    }

    private static int PagesWrittenUnderALimitOfFour(PatchSet patches)
    {
        MachineSpec spec = MachineSpec.OneDevice with { Processes = [new ProcessSpec("vmm", MemlockBytes: 4 << Page.Shift, HasIpcLock: false)] };
        using PatchedHost host = new PatchedHost(patches, spec: spec).Mmap(16);
        Assert.Equal(Errno.None, host.EnableIopf());
        Assert.Equal(Errno.None, host.MapDma(0, 16));
        return Enumerable.Range(0, 16).Count(page => host.Write((ulong)page, 1) == DmaState.Completed);
    }

    /// <summary>A host whose device has written 0x5a to page 0.</summary>
    private static PatchedHost Used(PatchSet patches)
    {
        PatchedHost host = new PatchedHost(patches).Mmap(4);
        Assert.Equal(Errno.None, host.EnableIopf());
        Assert.Equal(Errno.None, host.MapDma(0, 4));
        Assert.Equal(DmaState.Completed, host.Write(0, 0x5a));
        return host;
    }
}
