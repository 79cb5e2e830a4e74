using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Patches;

namespace Iopf.Tests.Patches;

/// <summary>The same scenario with and without patch 5.</summary>
public sealed class EnableIopfPatchTests
{
    private static readonly MachineSpec TwoDevices = new(
        [new SmmuSpec("smmu0", StallModel.StallOrTerminate), new SmmuSpec("smmu1", StallModel.StallOrTerminate)],
        [
            new DeviceSpec("nic0", "smmu0", 0x10, Group: 1, CanStall: true, PasidBits: 0, BoundDriver.Vfio, CanTransfer: false),
            new DeviceSpec("nic1", "smmu1", 0x11, Group: 2, CanStall: true, PasidBits: 0, BoundDriver.Vfio, CanTransfer: false),
        ],
        [],
        [new ProcessSpec("vmm", 64 << 20, HasIpcLock: false)]);

    [Fact]
    public void The_ioctl_exists_with_the_patch_and_is_unknown_without()
    {
        using PatchedHost with = new(PatchSet.All);
        using PatchedHost without = new(PatchedHost.AllBut(5));

        Assert.Equal(Errno.None, with.EnableIopf());
        Assert.Equal(Errno.ENOTTY, without.EnableIopf());
    }

    [Fact]
    public void Memory_is_mapped_by_faults_with_the_patch_and_pinned_at_once_without()
    {
        using PatchedHost with = Mapped(PatchSet.All);
        using PatchedHost without = Mapped(PatchedHost.AllBut(5));

        Assert.Equal((0, 0), (with.Host.Memory.TotalPins, with.Mm.LockedVm));
        Assert.Equal((4, 4), (without.Host.Memory.TotalPins, without.Mm.LockedVm));
        Assert.Equal(DmaState.Completed, with.Write(2, 7));
        Assert.Equal(DmaState.Completed, without.Write(2, 7));
        Assert.Equal((1, 0), (with.Tally.FaultsReported, without.Tally.FaultsReported));
    }

    [Fact]
    public void A_second_call_is_refused_and_disturbs_nothing()
    {
        using PatchedHost host = Mapped(PatchSet.All);

        Assert.Equal(Errno.EBUSY, host.EnableIopf());
        Assert.Equal(DmaState.Completed, host.Write(1, 7));
    }

    [Fact]
    public void A_container_with_mappings_cannot_switch_any_more()
    {
        using PatchedHost host = new PatchedHost(PatchSet.All).Mmap(4);
        host.MapDma(0, 4);

        Assert.Equal(Errno.EBUSY, host.EnableIopf());
        Assert.Equal(4, host.Host.Memory.TotalPins);
    }

    [Fact]
    public void A_container_without_groups_switches_and_the_group_that_joins_later_faults()
    {
        using PatchedHost host = new(PatchSet.All, spec: TwoDevices);
        host.EnableIopf();
        host.Mmap(4).MapDma(0, 4);

        Assert.Equal(Errno.None, host.Host.Vfio.OpenGroup(2).Value.SetContainer(host.Vmm, host.Container));

        Assert.Equal(DmaState.Completed, host.Host.Devices["nic1"].Engine!.Write(PatchedHost.IovaAt(3), new byte[] { 9 }));
        Assert.Equal(9, host.Load(3));
        Assert.Equal(1, host.Tally.FaultsReported);
    }

    [Fact]
    public void A_domain_that_joins_gets_the_pages_that_faults_entered_so_far()
    {
        using PatchedHost host = new(PatchSet.All, spec: TwoDevices);
        host.EnableIopf();
        host.Mmap(4).MapDma(0, 4);
        host.Write(1, 5);

        host.Host.Vfio.OpenGroup(2).Value.SetContainer(host.Vmm, host.Container);
        Assert.Equal(DmaState.Completed, host.Host.Devices["nic1"].Engine!.Read(PatchedHost.IovaAt(1), new byte[1]));

        Assert.Equal(1, host.Tally.FaultsReported);
    }

    [Fact]
    public void A_device_that_leaves_the_container_faults_no_more()
    {
        using PatchedHost host = Mapped(PatchSet.All);
        host.Write(1, 5);

        Assert.Equal(Errno.None, host.Group.UnsetContainer());

        Assert.False(host.Host.Devices["nic0"].Device.Iommu!.HasFaultHandler);
        Assert.NotEqual(DmaState.Stalled, host.Write(1, 6));
        Assert.Equal(5, host.Load(1));
    }

    private static PatchedHost Mapped(PatchSet patches)
    {
        PatchedHost host = new(patches);
        host.EnableIopf();
        host.Mmap(4).MapDma(0, 4);
        return host;
    }
}
