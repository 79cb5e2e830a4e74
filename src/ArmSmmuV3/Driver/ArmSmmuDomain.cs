using Iopf.Iommu;
using Iopf.Iommu.Lpae;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>A page table and the devices that use it, all behind one SMMU.</summary>
/// <remarks>Kernel: <c>struct arm_smmu_domain</c>.</remarks>
public sealed class ArmSmmuDomain : IommuDomain, ILpaeTlb
{
    /// <summary>The width of a stage-1 input address.</summary>
    internal const int VirtualAddressBits = 48;

    /// <summary>The memory attributes that entries choose from: non-cacheable, write-back, device, outer write-back.</summary>
    internal const ulong MemoryAttributes = 0xf404ff44;

    private readonly ArmSmmuDriver _driver;
    private readonly KernelMutex _initMutex;
    private readonly List<ArmSmmuMaster> _masters = [];
    private DomainTables? _tables;

    internal ArmSmmuDomain(ArmSmmuDriver driver, DomainType type)
        : base(driver.Kernel, type)
    {
        _driver = driver;
        _initMutex = new KernelMutex(driver.Kernel.Scheduler, "init_mutex");
        DevicesLock = new KernelSpinLock(driver.Kernel.Scheduler, "devices_lock");
        Stage = type == DomainType.Identity ? TranslationStage.Bypass : TranslationStage.Stage1;
    }

    /// <summary>Which stage the domain's tables serve; final once a device was attached.</summary>
    public TranslationStage Stage { get; private set; }

    /// <summary>The SMMU the domain belongs to; <see langword="null"/> until the first device is attached.</summary>
    public ArmSmmuDevice? Smmu { get; private set; }

    /// <summary>Whether stage-1 faults of the domain stall: as its first device does.</summary>
    public bool StallEnabled { get; private set; }

    /// <inheritdoc/>
    public override ulong PageSizes => LpaePageTable.PageSizes4K & ~(MinimumPage - 1) | MinimumPage;

    /// <inheritdoc/>
    public override bool SplitsBlocks => Smmu?.Quirks.SplitsBlocks ?? true;

    private ulong MinimumPage => Smmu?.Quirks.MinimumPage ?? Page.Size;

    /// <inheritdoc/>
    public override IovaRange Aperture =>
        new(new Iova(0), new Iova((1UL << (_tables?.PageTable.InputAddressBits ?? VirtualAddressBits)) - 1));

    /// <inheritdoc/>
    public override bool CanRespond => true;

    /// <inheritdoc/>
    /// <remarks>Kernel: <c>arm_smmu_domain_get_attr</c>.</remarks>
    public override Result<bool> IsNested => Type switch
    {
        DomainType.Unmanaged when Smmu is { Quirks.TellsNesting: false } => Errno.ENODEV,
        DomainType.Unmanaged => Stage == TranslationStage.Nested,
        DomainType.Dma => Errno.ENODEV,
        _ => Errno.EINVAL,
    };

    /// <summary>The devices attached to the domain. Protected by <see cref="DevicesLock"/>.</summary>
    internal IReadOnlyList<ArmSmmuMaster> Masters => _masters;

    internal KernelSpinLock DevicesLock { get; }

    /// <summary>The stage-1 half; <see langword="null"/> unless the domain has stage-1 tables.</summary>
    internal Stage1Context? Stage1 => _tables?.Stage1;

    /// <summary>The stage-2 half; <see langword="null"/> unless the domain has stage-2 tables.</summary>
    internal Stage2Context? Stage2 => _tables?.Stage2;

    /// <summary>Whether a guest's stage 1 stands in front of the tables for some device.</summary>
    internal bool HasGuestTables { get; private set; }

    /// <inheritdoc/>
    /// <returns>None; EPERM once a device was attached; ENODEV or EINVAL for domains that VFIO does not manage.</returns>
    /// <remarks>Kernel: <c>arm_smmu_domain_set_attr</c>.</remarks>
    public override Errno EnableNesting()
    {
        using (_initMutex.Hold())
        {
            if (Type != DomainType.Unmanaged)
            {
                return Type == DomainType.Dma ? Errno.ENODEV : Errno.EINVAL;
            }

            if (Smmu is not null)
            {
                return Errno.EPERM;
            }

            Stage = TranslationStage.Nested;
            return Errno.None;
        }
    }

    /// <inheritdoc/>
    /// <returns>
    /// None; ENOENT for a device no SMMU knows; EBUSY while its SVA is enabled; ENXIO when the domain belongs to another SMMU; EINVAL when
    /// its substream bits or stall mode differ from the domain's; ENOSPC or ENOMEM at the first attach. On every error but the first
    /// two the device has left its old domain.
    /// </returns>
    /// <remarks>Kernel: <c>arm_smmu_attach_dev</c>.</remarks>
    public override Errno AttachDevice(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (ArmSmmuMaster.Of(device) is not { } master)
        {
            return Errno.ENOENT;
        }

        using (_driver.Bonds.Lock.Hold())
        {
            if (master.SvaEnabled)
            {
                return Errno.EBUSY;
            }
        }

        Leave(master);
        using (_initMutex.Hold())
        {
            Errno error = Accept(master);
            if (error != Errno.None)
            {
                return error;
            }

            master.Domain = this;
            WriteEntries(master);
            using (DevicesLock.Hold())
            {
                _masters.Add(master);
            }
        }

        _driver.Kernel.Step(TraceLayer.SmmuDriver, "arm_smmu_attach_dev", device.Name, null, $"attached to a domain of {Stage}");
        return Errno.None;
    }

    /// <inheritdoc/>
    /// <remarks>Kernel: <c>arm_smmu_detach_dev</c>. The device's streams are aborted.</remarks>
    public override void DetachDevice(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (ArmSmmuMaster.Of(device) is { } master && ReferenceEquals(master.Domain, this))
        {
            Leave(master);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Kernel: <c>arm_smmu_iova_to_phys</c>.</remarks>
    public override ulong? IovaToPhysical(Iova iova) =>
        Type == DomainType.Identity ? iova.Value : _tables?.PageTable.IovaToPhysical(iova);

    /// <inheritdoc/>
    public override IommuProt? ProtOf(Iova iova) => _tables?.PageTable.ProtOf(iova);

    /// <inheritdoc/>
    /// <remarks>Kernel: <c>arm_smmu_page_response</c>.</remarks>
    public override Errno RespondToPage(Device device, in PageResponse response)
    {
        Invariant.Hold(ArmSmmuMaster.Of(device) is not null, "a page is answered for a device the SMMU knows");
        return StallResponse.Send(ArmSmmuMaster.Of(device)!, response);
    }

    /// <inheritdoc/>
    protected override long EnteredPages
    {
        get
        {
            long pages = 0;
            _tables?.PageTable.Visit((_, _, size) => pages += (long)(size >> Page.Shift));
            return pages;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Kernel: <c>arm_smmu_domain_free</c>.</remarks>
    protected override void FreeTables()
    {
        Invariant.Hold(_masters.Count == 0, "a domain is freed after its last device has left");
        if (_tables is not null)
        {
            DomainInvalidation.Everything(this);
            _tables.Free(_driver, Smmu!);
            _tables = null;
        }
    }

    /// <summary>Puts a guest's stage 1 in front of this domain's stage 2 for one device.</summary>
    /// <param name="device">A device attached to this domain.</param>
    /// <param name="config">Where the guest keeps its context descriptors.</param>
    /// <returns>None; EINVAL for a device of another domain, a domain that is not nested, or an SMMU without both stages.</returns>
    /// <remarks>Kernel: <c>arm_smmu_attach_pasid_table</c>, assumed from the nested stage series the RFC builds on.</remarks>
    public Errno AttachGuestTables(Device device, GuestStage1Config config) => GuestStage1.Replace(this, device, config);

    /// <summary>Takes the guest's stage 1 of one device away: its addresses are stage-2 addresses again.</summary>
    /// <param name="device">A device attached to this domain.</param>
    /// <returns>None; EINVAL as for <see cref="AttachGuestTables"/>.</returns>
    /// <remarks>Kernel: <c>arm_smmu_detach_pasid_table</c>, assumed from the nested stage series the RFC builds on.</remarks>
    public Errno DetachGuestTables(Device device) => GuestStage1.Replace(this, device, config: null);

    /// <summary>Forgets what a guest says has changed in its stage 1.</summary>
    /// <param name="device">A device attached to this domain, with guest tables.</param>
    /// <param name="invalidation">What has changed.</param>
    /// <returns>None; EINVAL for a device without guest tables in this domain.</returns>
    /// <remarks>Kernel: <c>arm_smmu_cache_invalidate</c>, assumed from the nested stage series the RFC builds on.</remarks>
    public Errno InvalidateGuest(Device device, in GuestInvalidation invalidation) => GuestStage1.Invalidate(this, device, invalidation);

    /// <inheritdoc/>
    /// <remarks>Kernel: <c>arm_smmu_map</c>.</remarks>
    protected override Errno MapBlock(Iova iova, ulong physicalAddress, ulong size, IommuProt prot)
    {
        if (_tables is null)
        {
            return Errno.ENODEV;
        }

        if (size != MinimumPage)
        {
            return _tables.PageTable.Map(iova, physicalAddress, size, prot);
        }

        Errno error = Errno.None;
        for (ulong done = 0; done < size && error == Errno.None; done += Page.Size)
        {
            error = _tables.PageTable.Map(iova.Plus(done), physicalAddress + done, Page.Size, prot);
        }

        return error;
    }

    /// <inheritdoc/>
    protected override Errno MapBlocks(Iova iova, ulong physicalAddress, ulong size, ulong count, IommuProt prot, ref ulong mapped) =>
        _tables is { } tables && MinimumPage == Page.Size
            ? tables.PageTable.Map(iova, physicalAddress, size, count, prot, ref mapped)
            : base.MapBlocks(iova, physicalAddress, size, count, prot, ref mapped);

    /// <inheritdoc/>
    /// <remarks>Kernel: <c>arm_smmu_unmap</c>.</remarks>
    protected override ulong UnmapBlock(Iova iova, ulong size, ref IotlbGather gather)
    {
        if (_tables is null)
        {
            return 0;
        }

        if (!SplitsBlocks && _tables.PageTable.LeafSizeAt(iova) is { } block && block > size)
        {
            return _tables.PageTable.Unmap(new Iova(iova.Value & ~(block - 1)), block, ref gather);
        }

        if (size != MinimumPage || size == Page.Size)
        {
            return _tables.PageTable.Unmap(iova, size, ref gather);
        }

        ulong unmapped = 0;
        while (unmapped < size && _tables.PageTable.Unmap(iova.Plus(unmapped), Page.Size, ref gather) != 0)
        {
            unmapped += Page.Size;
        }

        return unmapped;
    }

    /// <inheritdoc/>
    protected override ulong UnmapBlocks(Iova iova, ulong size, ulong count, ref IotlbGather gather) =>
        _tables is { } tables && SplitsBlocks && MinimumPage == Page.Size
            ? tables.PageTable.Unmap(iova, size, count, ref gather)
            : base.UnmapBlocks(iova, size, count, ref gather);

    /// <inheritdoc/>
    /// <remarks>Kernel: <c>arm_smmu_iotlb_sync</c>.</remarks>
    protected override void InvalidateIotlb(in IotlbGather gather)
    {
        if (gather.PageSize != 0)
        {
            _driver.Kernel.Step(
                TraceLayer.SmmuDriver,
                "arm_smmu_iotlb_sync",
                Smmu!.Name,
                new Iova(gather.First),
                $"forgets 0x{gather.First:x} to 0x{gather.Last:x} by 0x{gather.PageSize:x}");
            DomainInvalidation.Range(this, gather.First, gather.Last, gather.PageSize, leaf: true);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Kernel: <c>arm_smmu_tlb_inv_walk</c>.</remarks>
    void ILpaeTlb.FlushWalk(ulong iova, ulong size, ulong granule) =>
        DomainInvalidation.Range(this, iova, iova + size - 1, granule, leaf: false);

    /// <inheritdoc/>
    /// <remarks>Kernel: <c>arm_smmu_tlb_inv_page_nosync</c>.</remarks>
    void ILpaeTlb.AddPage(ref IotlbGather gather, ulong iova, ulong granule) => Gather(ref gather, iova, granule);

    /// <summary>Calls back for every leaf of the table in ascending order; a view for checkers, not for the hot path.</summary>
    /// <param name="visit">Receives the first input address, the physical address and the size in bytes.</param>
    public override void VisitEntries(Action<Iova, ulong, ulong> visit) => _tables?.PageTable.Visit(visit);

    /// <summary>Counts anew whether any device has guest tables.</summary>
    internal void CountGuestTables()
    {
        HasGuestTables = false;
        foreach (ArmSmmuMaster master in _masters)
        {
            HasGuestTables |= master.GuestTables is not null;
        }
    }

    /// <summary>Makes a device's streams abort.</summary>
    private static void Leave(ArmSmmuMaster master)
    {
        if (master.Domain is not { } domain)
        {
            return;
        }

        using (domain.DevicesLock.Hold())
        {
            domain._masters.Remove(master);
        }

        master.Domain = null;
        master.GuestTables = null;
        domain.CountGuestTables();
        WriteEntries(master);
    }

    /// <remarks>Kernel: <c>arm_smmu_install_ste_for_dev</c>.</remarks>
    internal static void WriteEntries(ArmSmmuMaster master)
    {
        foreach (uint streamId in master.StreamIds)
        {
            master.Smmu.Driver.Entries.Write(master.Smmu, master, streamId);
        }
    }

    private Errno Accept(ArmSmmuMaster master)
    {
        if (Smmu is null)
        {
            return Finalise(master);
        }

        if (!ReferenceEquals(Smmu, master.Smmu))
        {
            return Errno.ENXIO;
        }

        if (Stage1 is { } stage1 && stage1.Table.SsidBits != master.SsidBits)
        {
            return Errno.EINVAL;
        }

        return Stage1 is not null && StallEnabled != master.StallEnabled ? Errno.EINVAL : Errno.None;
    }

    /// <summary>The first device decides: SMMU, stage, tag and stall mode.</summary>
    /// <remarks>Kernel: <c>arm_smmu_domain_finalise</c>.</remarks>
    private Errno Finalise(ArmSmmuMaster master)
    {
        Smmu = master.Smmu;
        if (Stage == TranslationStage.Bypass)
        {
            return Errno.None;
        }

        if (!Smmu.Features.Stage1)
        {
            Stage = TranslationStage.Stage2;
        }

        if (!Smmu.Features.Stage2)
        {
            Stage = TranslationStage.Stage1;
        }

        StallEnabled = Stage == TranslationStage.Stage1 && master.StallEnabled;
        if (!DomainTables.Build(this, master).TryGet(out _tables, out Errno error))
        {
            Smmu = null;
        }

        return error;
    }
}
