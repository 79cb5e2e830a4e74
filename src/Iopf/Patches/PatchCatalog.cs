namespace Iopf.Patches;

/// <summary>The eight patches of "Add IOPF support for VFIO passthrough", version 3.</summary>
public static class PatchCatalog
{
    private const string IommuCore = "drivers/iommu/iommu.c";
    private const string SmmuDriver = "drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c";
    private const string SmmuSva = "drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-sva.c";
    private const string IommuHeader = "include/linux/iommu.h";
    private const string VfioCore = "drivers/vfio/vfio.c";
    private const string VfioHeader = "include/linux/vfio.h";
    private const string Type1 = "drivers/vfio/vfio_iommu_type1.c";

    /// <summary>All patches, in the order of the series.</summary>
    public static IReadOnlyList<PatchModule> All { get; } =
    [
        new(
            1,
            "iommu: Evolve the device fault reporting framework",
            "FaultReporting",
            "AddFaultReporting",
            [],
            "filters fault reports by level and decodes stage-2 events",
            [SmmuSva, SmmuDriver, IommuCore, IommuHeader, "include/uapi/linux/iommu.h"],
            ["iommu_register_device_fault_handler", "iommu_update_device_fault_handler", "iommu_report_device_fault",
                "arm_smmu_handle_evt"],
            PatchRegistrations.FaultReporting),
        new(
            2,
            "vfio/type1: Add a page fault handler",
            "PageFaultHandler",
            "AddPageFaultHandler",
            [new(1, "faults are reported without a level, and stage-2 events never reach the handler")],
            "has a handler that nobody registers",
            [Type1],
            ["vfio_iommu_type1_dma_map_iopf", "struct vfio_dma.iopf_mapped_bitmap", "struct iopf_group"],
            PatchRegistrations.PageFaultHandler),
        new(
            3,
            "vfio/type1: Add an MMU notifier to avoid pinning",
            "UnpinnedMapping",
            "AddUnpinnedMapping",
            [new(2, "no fault maps a page, so there is no pin to drop and nothing to unmap")],
            "has a notifier that nobody registers",
            [Type1],
            ["mn_invalidate_range", "vfio_unmap_partial_iopf", "struct vfio_iommu.mn"],
            PatchRegistrations.UnpinnedMapping),
        new(
            4,
            "vfio/type1: Pre-map more pages than requested in the IOPF handling",
            "Premap",
            "AddPremap",
            [new(2, "no handler asks how many pages a fault maps, so nothing is pre-mapped")],
            "widens a window that nobody asks for",
            [Type1],
            ["IOPF_PREMAP_LEN", "pin_pages_iopf", "vfio_iommu_type1_dma_map_iopf"],
            PatchRegistrations.Premap)
        {
            OptionSection = "Premap",
        },
        new(
            5,
            "vfio/type1: VFIO_IOMMU_ENABLE_IOPF",
            "EnableIopf",
            "AddEnableIopf",
            [
                new(1, "the handler is registered without levels"),
                new(2, "there is no type1 handler to register, so every fault is refused"),
                new(3, "no notifier watches the owner's memory, so pages mapped by faults stay pinned"),
            ],
            "enables the IOMMU's page faults, but nothing serves them",
            [Type1, "include/uapi/linux/vfio.h"],
            ["VFIO_IOMMU_ENABLE_IOPF", "vfio_iommu_type1_enable_iopf", "vfio_iommu_type1_attach_group", "vfio_iommu_type1_detach_group"],
            PatchRegistrations.EnableIopf),
        new(
            6,
            "vfio/type1: No need to statically pin and map if IOPF enabled",
            "DeferredMapping",
            "AddDeferredMapping",
            [new(5, "page faults cannot be enabled, so MAP_DMA still pins and maps everything")],
            "defers a mapping that is never deferred",
            [Type1],
            ["vfio_dma_do_map", "vfio_unmap_unpin", "vfio_remove_dma", "vfio_iommu_type1_pin_pages"],
            PatchRegistrations.DeferredMapping)
        {
            OptionSection = "Dirty",
        },
        new(
            7,
            "vfio/type1: Add selective DMA faulting support",
            "SelectiveFaulting",
            "AddSelectiveFaulting",
            [
                new(2, "no handler asks where a device may fault"),
                new(5, "no device faults, so there is nothing to select"),
            ],
            "keeps pinned ranges that nobody asks for",
            [VfioCore, VfioHeader, Type1],
            ["struct vfio_range", "vfio_pin_pages", "vfio_unpin_pages", "vfio_iommu_type1_pin_pages", "vfio_iommu_type1_unpin_pages"],
            PatchRegistrations.SelectiveFaulting),
        new(
            8,
            "vfio: Add nested IOPF support",
            "NestedIopf",
            "AddNestedIopf",
            [
                new(1, "fault reports have no levels, so stage-1 faults cannot be told apart"),
                new(5, "the container never registers for stage 2, so only stage-1 faults are delivered"),
            ],
            "hands stage-1 faults to the bus driver, without levels",
            [VfioCore, VfioHeader, Type1],
            ["vfio_iommu_dev_fault_handler_register_nested", "vfio_iommu_dev_fault_handler_unregister_nested", "vfio_transfer_iommu_fault",
                "struct vfio_device_ops.transfer"],
            PatchRegistrations.NestedIopf),
    ];

    /// <summary>One patch.</summary>
    /// <param name="number">Its number, 1 to 8.</param>
    /// <returns>The patch.</returns>
    public static PatchModule Get(int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, PatchSet.Count);
        return All[number - 1];
    }
}
