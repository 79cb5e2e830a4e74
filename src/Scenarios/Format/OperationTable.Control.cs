namespace Iopf.Scenarios.Format;

/// <summary>The scenario itself.</summary>
internal static partial class OperationTable
{
    private const string Control = "The scenario itself";

    /// <summary>The most often a block may be repeated.</summary>
    public const ulong MostRepeats = 100_000;

    private static IEnumerable<OperationSpec> ControlOperations() =>
    [
        Operation(Control, "wait", "Lets virtual time pass and gives the kernel's threads the floor.",
        [
            new("nanoseconds", FieldKind.Count, "how long") { Max = 1_000_000_000_000, Default = "0" },
        ]),
        Operation(Control, "repeat", "Does a block of steps several times.",
        [
            new("n", FieldKind.Count, "how often") { IsRequired = true, Min = 1, Max = MostRepeats },
            new("steps", FieldKind.Steps, "the block") { IsRequired = true },
        ]),
        Operation(Control, "parallel", "Does the steps of several threads side by side, kernel threads among them, as the schedule says. A schedule entry is "
            + "`THREAD` (it runs until it waits or ends) or `THREAD@POINT` (until it is about to do POINT; `#2` for the second time), where POINT is "
            + "`lock CLASS`, `unlock CLASS`, `wait NAME` or the kernel function of a trace step. After the last entry each thread runs to its end.",
        [
            new("threads", FieldKind.Threads, "the steps of each thread") { IsRequired = true },
            new("schedule", FieldKind.Texts, "who runs, and up to where") { Default = "one thread after the other" },
        ]),
        Operation(Control, "random", "Does steps that are made up from the run's seed (--seed) in a window of 32 pages: the first process's memory from "
            + "0x10000000 on, iovas of the first container from 0x100000 on. Promises are checked after each.",
        [
            new("n", FieldKind.Count, "how many") { IsRequired = true, Min = 1, Max = MostRepeats },
        ]),
        Operation(Control, "inspect", "Reads the model's books; it changes nothing.",
        [
            Process with { About = "whose locked memory, and whose page `addr`" },
            new("addr", FieldKind.UserAddress, "an address of the process"),
            new("device", FieldKind.Device, "whose domain `iova` is looked up in"),
            new("iova", FieldKind.Address, "a device address"),
        ],
        reports: ["locked_vm", "pinned_pages", "faults", "resident", "pins", "mapped", "access"]),
        Operation(Control, "inspect_kernel", "Reads what the kernel spends and what it has switched on; it changes nothing.",
        [
            new("device", FieldKind.AnyDevice, "whose faults and pinned ranges are looked at"),
        ],
        reports: ["iotlb_syncs", "bitmap_bytes", "leaked_ranges", "can_fault", "handler", "pending", "pinned_ranges"]),
        Operation(Control, "fail_allocation", "Lets an allocation of a kernel function fail.",
        [
            new("function", FieldKind.Choice, "which function")
            {
                Words =
                [
                    "vfio_dma_do_map", "vfio_batch_init", "vfio_iommu_type1_attach_group", "vfio_iommu_type1_enable_iopf", "vfio_add_to_pfn_list",
                    "vfio_range_list_get_copy", "vfio_add_to_range_list", "vfio_remove_from_range_list", "vfio_unmap_partial_iopf",
                    "iommu_register_device_fault_handler",
                ],
                IsRequired = true,
            },
            new("nth", FieldKind.Count, "which of its next allocations") { Min = 1, Max = 1_000_000, Default = "1" },
        ]),
        Operation(Control, "limit_memory", "Leaves so many free pages; at the limit the kernel reclaims the process's pages.",
        [
            new("pages", FieldKind.Count, "how many") { Max = 1 << 30, Default = "0" },
        ]),
        Operation(Control, "workload", "Runs the cover letter's test, each row on a machine of its own; or measures how much memory the model takes for a large machine.",
        [
            new("name", FieldKind.Choice, "which") { Words = ["cover-letter", "big-guest", "idle-mapping", "many-containers"], Default = "cover-letter" },
            new("bytes", FieldKind.Count, "of `big-guest` the guest's memory (default 16 GiB), of `idle-mapping` the mapping's size (default 1 TiB), in whole windows of 2 MiB")
            {
                Min = 1 << 21,
                Max = 1UL << 42,
            },
            new("containers", FieldKind.Count, "of `many-containers`") { Min = 1, Max = 10_000, Default = "1000" },
            new("mappings", FieldKind.Count, "of `many-containers`, in each") { Min = 1, Max = 65_535, Default = "1000" },
            new("configs", FieldKind.Choices, "which configurations") { Words = ["sva-1mb", "vfio-1mb", "vfio-10mb"], Default = "all" },
            new("messages", FieldKind.Counts, "how many messages, one run each") { Min = 1, Max = 100_000, Default = "[1, 100, 1000]" },
        ],
        reports:
        [
            "rows", "counts", "managed_bytes", "peak_bytes", "pages", "guest_bytes", "entered_bytes", "least_bytes", "ratio", "added_bytes",
        ]),
    ];
}
