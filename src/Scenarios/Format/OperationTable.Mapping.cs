namespace Iopf.Scenarios.Format;

/// <summary>What a user or a vendor driver does with the mappings of a container.</summary>
internal static partial class OperationTable
{
    private const string Mapping = "Mappings, pins and dirty pages";

    private static OperationField PageSize =>
        new("page_size", FieldKind.Address, "bytes one bit of the bitmap stands for") { Default = "0x1000" };

    private static OperationField Iovas =>
        new("iovas", FieldKind.Addresses, "device addresses, one per page") { IsRequired = true };

    private static IEnumerable<OperationSpec> MappingOperations() =>
    [
        Operation(Mapping, "map_dma", "VFIO_IOMMU_MAP_DMA.",
        [
            Process, Container, Iova, UserSize,
            new("vaddr", FieldKind.Address, "the first user address") { IsRequired = true },
            Access,
            new("update_vaddr", FieldKind.Flag, "gives an existing mapping a new vaddr (VADDR flag)") { Default = "false" },
        ]),
        Operation(Mapping, "unmap_dma", "VFIO_IOMMU_UNMAP_DMA.",
        [
            Process, Container,
            Iova with { IsRequired = false, Default = "0" },
            UserSize with { IsRequired = false, Default = "0" },
            new("all", FieldKind.Flag, "the ALL flag") { Default = "false" },
            new("vaddr", FieldKind.Flag, "the VADDR flag: only the user addresses become invalid") { Default = "false" },
            new("get_dirty", FieldKind.Flag, "the GET_DIRTY_BITMAP flag") { Default = "false" },
            PageSize,
        ],
        reports: ["unmapped", "dirty_pages"]),
        Operation(Mapping, "dirty_start", "VFIO_IOMMU_DIRTY_PAGES with START.", [Process, Container]),
        Operation(Mapping, "dirty_stop", "VFIO_IOMMU_DIRTY_PAGES with STOP.", [Process, Container]),
        Operation(Mapping, "dirty_get", "VFIO_IOMMU_DIRTY_PAGES with GET_BITMAP.", [Process, Container, Iova, UserSize, PageSize],
            reports: ["dirty_pages"]),
        Operation(Mapping, "pin_pages", "A vendor driver pins pages (vfio_pin_pages).", [AnyDevice, Iovas, Access],
            answers: "how many pages were pinned"),
        Operation(Mapping, "unpin_pages", "A vendor driver drops its pins (vfio_unpin_pages).", [AnyDevice, Iovas],
            answers: "how many pages were unpinned"),
        Operation(Mapping, "register_notifier", "A vendor driver asks to be told of unmapped ranges.",
        [
            AnyDevice,
            new("reaction", FieldKind.Choice, "what it does when told") { Words = ["unpin", "ignore"], Default = "unpin" },
        ]),
        Operation(Mapping, "unregister_notifier", "A vendor driver no longer wants to be told.", [AnyDevice]),
        Operation(Mapping, "dma_rw", "A vendor driver moves bytes by CPU (vfio_dma_rw).",
        [
            AnyDevice, Iova,
            new("dir", FieldKind.Choice, "which way") { Words = ["read", "write"], Default = "read" },
            new("len", FieldKind.Count, "bytes") { Min = 1, Max = 1 << 20, Default = "16, or as many as `data` has" },
            new("data", FieldKind.Data, "the bytes written, repeated up to `len`") { Max = 1 << 16 },
        ],
        reports: ["data"]),
    ];
}
