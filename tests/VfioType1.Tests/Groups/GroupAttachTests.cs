using Iopf.Iommu;
using Iopf.Kernel;
using Moq;

namespace Iopf.VfioType1.Tests.Groups;

/// <summary>What refuses a group, in which order, and that a refusal changes nothing: baseline.md 4.7.</summary>
public sealed class GroupAttachTests
{
    private readonly GroupWorld _world = new();
    private readonly List<PickyDomain> _domains = [];

    [Fact]
    public void Devices_on_different_buses_are_EINVAL()
    {
        IIommuDriver driver = _world.NewDriver().Object;
        IommuGroup group = _world.NewGroup(
            _world.NewDevice(new Bus("pci") { Iommu = driver }), _world.NewDevice(new Bus("platform") { Iommu = driver }));

        Assert.Equal(Errno.EINVAL, _world.Attach(group));
        Assert.Empty(_world.Container.Domains);
    }

    [Fact]
    public void A_group_without_devices_is_EINVAL() => Assert.Equal(Errno.EINVAL, _world.Attach(_world.NewGroup()));

    [Fact]
    public void A_mediated_group_attached_twice_is_EINVAL_and_needs_no_domain()
    {
        IommuGroup group = _world.NewGroup(_world.NewDevice(new Bus("mdev")));

        Assert.Equal(Errno.None, _world.Attach(group));
        Assert.Equal(Errno.EINVAL, _world.Attach(group));

        Assert.True(Assert.Single(_world.Container.ExternalGroups!).HasPinnedDirtyScope);
        Assert.Empty(_world.Container.Domains);
        Assert.Equal(0, _world.Container.NonPinnedGroups);
    }

    [Theory]
    [InlineData(Errno.ENOMEM)]
    [InlineData(Errno.ENODEV)]
    public void A_domain_that_cannot_be_made_is_EIO_whatever_the_driver_says(Errno error)
    {
        IommuGroup group = _world.NewGroup(_world.NewDriver(() => error));

        Assert.Equal(Errno.EIO, _world.Attach(group));
    }

    [Fact]
    public void A_domain_that_cannot_be_nested_is_freed_before_anything_is_attached()
    {
        _world.Container = new Type1Container(_world.Kernel, 2, isV2: true, isNesting: true, mappingLimit: 1);
        IommuGroup group = Group(new PickyDomain(_world.Kernel) { NestingError = Errno.ENODEV });

        AssertRefused(Errno.ENODEV, group);
    }

    [Fact]
    public void A_domain_of_a_container_that_is_not_nesting_is_not_asked_to_nest()
    {
        IommuGroup group = Group(new PickyDomain(_world.Kernel) { NestingError = Errno.ENODEV });

        Assert.Equal(Errno.None, _world.Attach(group));
    }

    [Fact]
    public void What_the_IOMMU_says_to_the_attach_comes_back()
    {
        IommuGroup group = Group(new PickyDomain(_world.Kernel) { AttachAnswers = new Queue<Errno>([Errno.ENXIO]) });

        AssertRefused(Errno.ENXIO, group);
    }

    [Theory]
    [InlineData(0x0ul, 0x1_0fffUL, Errno.None)]
    [InlineData(0x1_0000ul, 0xffff_ffffUL, Errno.None)]
    [InlineData(0x0ul, 0xffffUL, Errno.EINVAL)]
    [InlineData(0x1_1000ul, 0xffff_ffffUL, Errno.EINVAL)]
    [InlineData(0x0ul, 0x1_0ffeUL, Errno.EINVAL)]
    public void A_mapping_outside_of_the_new_aperture_is_EINVAL(ulong first, ulong last, Errno expected)
    {
        _world.AddMapping(0x1_0000, 1);
        IommuGroup group = Group(new PickyDomain(_world.Kernel) { Space = new IovaRange(new Iova(first), new Iova(last)) });

        Assert.Equal(expected, _world.Attach(group));
    }

    [Fact]
    public void An_aperture_apart_from_the_valid_ranges_is_EINVAL()
    {
        Assert.Equal(Errno.None, _world.Attach(Group(new PickyDomain(_world.Kernel) { Space = Range(0, 0xffff) })));

        AssertRefused(Errno.EINVAL, Group(new PickyDomain(_world.Kernel) { Space = Range(0x1_0000, 0x1_ffff) }));

        Assert.Equal([Range(0, 0xffff)], _world.Container.ValidIova);
    }

    [Theory]
    [InlineData(ReservedRegionType.Direct, Errno.EINVAL)]
    [InlineData(ReservedRegionType.Reserved, Errno.EINVAL)]
    [InlineData(ReservedRegionType.Msi, Errno.EINVAL)]
    [InlineData(ReservedRegionType.SoftwareMsi, Errno.EINVAL)]
    [InlineData(ReservedRegionType.DirectRelaxable, Errno.None)]
    public void A_reserved_region_that_is_mapped_already_is_EINVAL_unless_it_may_be_relaxed(ReservedRegionType type, Errno expected)
    {
        _world.AddMapping(0x1_0000, 1);

        Assert.Equal(expected, _world.Attach(Group(new PickyDomain(_world.Kernel), new ReservedRegion(Range(0x1_0800, 0x1_2fff), type))));
    }

    [Theory]
    [InlineData(ReservedRegionType.Direct, "0-fff 3000-ffff")]
    [InlineData(ReservedRegionType.SoftwareMsi, "0-fff 3000-ffff")]
    [InlineData(ReservedRegionType.DirectRelaxable, "0-ffff")]
    public void Reserved_regions_are_cut_out_of_what_may_be_mapped_unless_they_may_be_relaxed(ReservedRegionType type, string expected)
    {
        IommuGroup group = Group(new PickyDomain(_world.Kernel) { Space = Range(0, 0xffff) }, new ReservedRegion(Range(0x1000, 0x2fff), type));

        Assert.Equal(Errno.None, _world.Attach(group));
        Assert.Equal(expected, RangesNow());
    }

    [Fact]
    public void A_group_that_leaves_nothing_to_be_mapped_is_EINVAL()
    {
        IommuGroup group = Group(
            new PickyDomain(_world.Kernel) { Space = Range(0, 0xffff) },
            new ReservedRegion(Range(0, 0x7fff), ReservedRegionType.Direct),
            new ReservedRegion(Range(0x8000, 0xffff), ReservedRegionType.Reserved));

        AssertRefused(Errno.EINVAL, group);
    }

    [Fact]
    public void A_conflict_is_found_before_the_interrupts_are_looked_at()
    {
        _world.Options.HasIsolatedInterrupts = false;
        AssertRefused(Errno.EPERM, Group(new PickyDomain(_world.Kernel)));
        _world.AddMapping(0x1_0000, 1);

        AssertRefused(Errno.EINVAL, Group(new PickyDomain(_world.Kernel) { Space = Range(0, 0xfff) }));
    }

    [Fact]
    public void A_domain_of_another_driver_is_not_shared()
    {
        _world.Attach(Group(new PickyDomain(_world.Kernel)));

        Assert.Equal(Errno.None, _world.Attach(Group(new PickyDomain(_world.Kernel))));

        Assert.Equal(2, _world.Container.Domains.Count);
        Assert.Equal([1, 1], _domains.Select(domain => domain.Attached));
    }

    [Fact]
    public void A_domain_that_refuses_the_group_is_not_shared_and_the_group_gets_its_own()
    {
        Mock<IIommuDriver> driver = DriverOf(
            new PickyDomain(_world.Kernel) { AttachAnswers = new Queue<Errno>([Errno.None, Errno.ENXIO]) }, new PickyDomain(_world.Kernel));
        _world.Attach(_world.NewGroup(driver));

        Assert.Equal(Errno.None, _world.Attach(_world.NewGroup(driver)));

        Assert.Equal(2, _world.Container.Domains.Count);
        Assert.Equal([1, 1], _domains.Select(domain => domain.Attached));
    }

    [Fact]
    public void A_group_that_cannot_go_back_to_its_own_domain_after_the_shared_one_refused_it_stays_outside()
    {
        Mock<IIommuDriver> driver = DriverOf(
            new PickyDomain(_world.Kernel) { AttachAnswers = new Queue<Errno>([Errno.None, Errno.ENXIO]) },
            new PickyDomain(_world.Kernel) { AttachAnswers = new Queue<Errno>([Errno.None, Errno.ENOSPC]) });
        _world.Attach(_world.NewGroup(driver));
        IommuGroup second = _world.NewGroup(driver);

        AssertRefused(Errno.ENOSPC, second);

        Assert.Equal([1, 0], _domains.Select(domain => domain.Attached));
    }

    [Fact]
    public void A_shared_domain_frees_the_one_that_was_tried_and_counts_the_group()
    {
        Mock<IIommuDriver> driver = DriverOf(new PickyDomain(_world.Kernel), new PickyDomain(_world.Kernel));
        _world.Attach(_world.NewGroup(driver));

        Assert.Equal(Errno.None, _world.Attach(_world.NewGroup(driver)));

        Assert.Equal(2, Assert.Single(_world.Container.Domains).Groups.Count);
        Assert.Equal([false, true], _domains.Select(domain => domain.IsFreed));
        Assert.Equal(2, _world.Container.NonPinnedGroups);
    }

    [Fact]
    public void A_domain_with_another_cache_attribute_is_not_shared()
    {
        Mock<IIommuDriver> driver = DriverOf(new PickyDomain(_world.Kernel), new PickyDomain(_world.Kernel));
        driver.SetupSequence(d => d.IsCapable(IommuCapability.CacheCoherency)).Returns(true).Returns(false);
        _world.Attach(_world.NewGroup(driver));

        Assert.Equal(Errno.None, _world.Attach(_world.NewGroup(driver)));

        Assert.Equal([IommuProt.None, IommuProt.Cache], _world.Container.Domains.Select(domain => domain.Prot));
    }

    [Fact]
    public void Without_memory_for_the_probe_a_domain_counts_as_one_that_makes_superpages()
    {
        _world.Memory.FrameLimit = _world.Memory.AllocatedFrames;

        Assert.Equal(Errno.None, _world.Attach(Group(new PickyDomain(_world.Kernel))));

        Assert.False(_world.Container.FirstDomain!.UsesFineGranules);
    }

    [Theory]
    [InlineData(0x20_1000ul, 0x20_1000ul, 0x20_1000ul, 0x20_1000ul)]
    [InlineData(0x4020_1000ul, 0x20_1000ul, 0x20_1000ul, 0x4020_1000ul)]
    [InlineData(0x20_1000ul, 0x20_0200ul, 0x20_0000ul, 0x20_1000ul)]
    [InlineData(0x20_0200ul, 0x20_0200ul, 0x20_1000ul, 0x20_1000ul)]
    [InlineData(0x1800ul, 0x1800ul, 0x1000ul, 0x1000ul)]
    [InlineData(0x21_0000ul, 0x20_1000ul | 0x1_0000, 0x21_0000ul, 0x21_0000ul)]
    public void The_page_sizes_are_those_of_every_domain_and_none_below_a_page(
        ulong first, ulong second, ulong together, ulong firstAlone)
    {
        _world.Attach(Group(new PickyDomain(_world.Kernel) { Sizes = first }));
        IommuGroup group = Group(new PickyDomain(_world.Kernel) { Sizes = second });

        _world.Attach(group);

        Assert.Equal(together, _world.Container.PageSizes);
        _world.Detach(group);
        Assert.Equal(firstAlone, _world.Container.PageSizes);
    }

    [Fact]
    public void A_step_that_fails_undoes_the_steps_before_it_and_the_attach()
    {
        Mock<IGroupAttachStep> good = new();
        Mock<IGroupAttachStep> bad = new();
        bad.Setup(step => step.Attached(It.IsAny<Type1Container>(), It.IsAny<Type1Group>())).Returns(Errno.EBUSY);
        GroupWorld world = new(good.Object, bad.Object);
        PickyDomain domain = new(world.Kernel);
        IommuGroup group = world.NewGroup(world.NewDriver(() => domain));
        world.Options.HasIsolatedInterrupts = true;

        Assert.Equal(Errno.EBUSY, world.Attach(group));

        good.Verify(step => step.Detaching(world.Container, It.Is<Type1Group>(g => g.IommuGroup == group)), Times.Once);
        bad.Verify(step => step.Detaching(It.IsAny<Type1Container>(), It.IsAny<Type1Group>()), Times.Never);
        Assert.Empty(world.Container.Domains);
        Assert.Equal((true, 0), (domain.IsFreed, world.Container.NonPinnedGroups));
    }

    [Fact]
    public void A_group_that_leaves_takes_the_steps_back_in_reverse()
    {
        List<string> steps = [];
        Mock<IGroupAttachStep> first = new();
        Mock<IGroupAttachStep> second = new();
        first.Setup(step => step.Detaching(It.IsAny<Type1Container>(), It.IsAny<Type1Group>())).Callback(() => steps.Add("first"));
        second.Setup(step => step.Detaching(It.IsAny<Type1Container>(), It.IsAny<Type1Group>())).Callback(() => steps.Add("second"));
        GroupWorld world = new(first.Object, second.Object);
        IommuGroup group = world.NewGroup(world.NewDriver());
        world.Attach(group);

        world.Detach(group);

        Assert.Equal(["second", "first"], steps);
    }

    [Theory]
    [InlineData(Page.Size, false)]
    [InlineData(2 * Page.Size, true)]
    public void A_domain_that_unmaps_more_than_the_page_asked_for_merges_pages_itself(ulong unmapped, bool usesFineGranules)
    {
        long frames = _world.Memory.AllocatedFrames;
        PickyDomain domain = new(_world.Kernel) { Unmaps = unmapped };

        _world.Attach(Group(domain));

        Assert.Equal(usesFineGranules, _world.Container.FirstDomain!.UsesFineGranules);
        Assert.Equal((0, frames), (domain.Entries, _world.Memory.AllocatedFrames));
    }

    [Fact]
    public void A_mediated_group_takes_no_steps()
    {
        Mock<IGroupAttachStep> step = new();
        GroupWorld world = new(step.Object);

        Assert.Equal(Errno.None, world.Attach(world.NewGroup(world.NewDevice(new Bus("mdev")))));

        step.Verify(s => s.Attached(It.IsAny<Type1Container>(), It.IsAny<Type1Group>()), Times.Never);
    }

    [Fact]
    public void What_only_one_group_of_a_shared_domain_reserved_may_be_mapped_again_when_it_is_gone()
    {
        Mock<IIommuDriver> driver = DriverOf(
            new PickyDomain(_world.Kernel) { Space = Range(0, 0xffff) }, new PickyDomain(_world.Kernel) { Space = Range(0, 0xffff) });
        IommuGroup plain = _world.NewGroup(driver);
        IommuGroup reserving = _world.NewGroup(driver);
        driver.Setup(d => d.ReservedRegionsOf(reserving.Devices[0])).Returns([new ReservedRegion(Range(0x1000, 0x2fff), ReservedRegionType.Direct)]);
        _world.Attach(plain);
        _world.Attach(reserving);
        Assert.Equal("0-fff 3000-ffff", RangesNow());

        _world.Detach(reserving);

        Assert.Equal("0-ffff", RangesNow());
    }

    [Fact]
    public void What_a_domain_that_is_gone_could_not_reach_may_be_mapped_again()
    {
        _world.Attach(Group(new PickyDomain(_world.Kernel) { Space = Range(0, 0xffff) }));
        IommuGroup narrow = Group(new PickyDomain(_world.Kernel) { Space = Range(0x1000, 0x1fff) });
        _world.Attach(narrow);
        Assert.Equal("1000-1fff", RangesNow());

        _world.Detach(narrow);

        Assert.Equal("0-ffff", RangesNow());
    }

    [Fact]
    public void Beside_mediated_groups_everything_may_be_mapped_again_when_the_last_domain_is_gone()
    {
        IommuGroup narrow = Group(new PickyDomain(_world.Kernel) { Space = Range(0x1000, 0x1fff) });
        _world.Attach(_world.NewGroup(_world.NewDevice(new Bus("mdev"))));
        _world.Attach(narrow);

        _world.Detach(narrow);

        Assert.Equal([IovaRange.All], _world.Container.ValidIova);
    }

    private static IovaRange Range(ulong first, ulong last) => new(new Iova(first), new Iova(last));

    private string RangesNow() =>
        string.Join(' ', _world.Container.ValidIova.Select(range => $"{range.First.Value:x}-{range.Last.Value:x}"));

    private IommuGroup Group(PickyDomain domain, params ReservedRegion[] reserved)
    {
        Mock<IIommuDriver> driver = DriverOf(domain);
        driver.Setup(d => d.ReservedRegionsOf(It.IsAny<Device>())).Returns(reserved);
        return _world.NewGroup(driver);
    }

    private Mock<IIommuDriver> DriverOf(params PickyDomain[] domains)
    {
        Queue<PickyDomain> left = new(domains);
        _domains.AddRange(domains);
        return _world.NewDriver(() => left.Dequeue());
    }

    /// <summary>Nothing of a refused group stays: its domain is freed, and the container is as it was.</summary>
    private void AssertRefused(Errno expected, IommuGroup group)
    {
        (int Domains, int NonPinned, string Ranges) before = (_world.Container.Domains.Count, _world.Container.NonPinnedGroups, RangesNow());

        Assert.Equal(expected, _world.Attach(group));

        Assert.Equal(before, (_world.Container.Domains.Count, _world.Container.NonPinnedGroups, RangesNow()));
        Assert.Null(group.Domain);
        Assert.True(_domains[^1].IsFreed);
    }
}
