namespace Iopf.Scenarios.Format;

/// <summary>What a device does.</summary>
internal static partial class OperationTable
{
    private const string Dma = "Devices and shared virtual addressing";

    private static IEnumerable<OperationSpec> DmaOperations() =>
    [
        Operation(Dma, "dma", "The device reads or writes memory.",
        [
            Device, Iova,
            new("len", FieldKind.Count, "bytes") { Min = 1, Max = LongestAccess, Default = "16, or as many as `data` has" },
            new("dir", FieldKind.Choice, "which way") { Words = ["read", "write"], Default = "read" },
            Substream,
            new("data", FieldKind.Data, "the bytes written, repeated up to `len`") { Max = 1 << 16, Default = "00" },
            new("privileged", FieldKind.Flag, "a privileged access") { Default = "false" },
            new("instruction", FieldKind.Flag, "an instruction fetch") { Default = "false" },
        ],
        answers: "`completed` is written \"0\"; `aborted`, `stalled` (nobody has answered yet), `raz_wi`",
        reports: ["faults", "bytes", "data", "event", "words"]),
        Operation(Dma, "dma_result", "Looks at the device's oldest DMA that was left stalled.", [Device],
            answers: "as `dma`; ENOENT if there is none", reports: ["faults", "bytes", "data", "event", "words"]),
        Operation(Dma, "report", "An IOMMU driver reports a fault of the device to the iommu core, as for a device with PRI.",
        [
            Device,
            new("type", FieldKind.Choice, "what it is") { Words = ["page_request", "unrecoverable", "other"], Default = "page_request" },
            new("iova", FieldKind.Address, "the faulting address") { IsRequired = true },
            new("dir", FieldKind.Choice, "which access") { Words = ["read", "write"], Default = "read" },
            new("stage", FieldKind.Count, "which stage faulted") { Min = 1, Max = 2, Default = "1" },
            new("grpid", FieldKind.Count, "the fault group id") { Max = 511, Default = "0" },
            new("pasid", FieldKind.Count, "the PASID") { Max = 0xfffff },
            new("needs_pasid", FieldKind.Flag, "the answer must name the PASID") { Default = "false" },
            new("last", FieldKind.Flag, "it completes its group") { Default = "true" },
        ],
        reports: ["pending", "success", "invalid", "failure"]),
        Operation(Dma, "add_device", "A device joins its IOMMU group (hot-plug).", [Device]),
        Operation(Dma, "remove_device", "A device leaves its IOMMU group (hot-unplug).", [Device]),
        Operation(Dma, "unbind_device", "The device's driver is being unbound: its driver data is gone.", [Device]),
        Operation(Dma, "sva_enable", "The host's driver enables IOPF and SVA of a device.", [Device]),
        Operation(Dma, "sva_disable", "The host's driver disables both.", [Device]),
        Operation(Dma, "sva_bind", "A substream of the device gets the page table of a process (iommu_sva_bind_device).",
            [Device, Process with { About = "whose page table" }], reports: ["pasid"]),
        Operation(Dma, "sva_unbind", "Ends that (iommu_sva_unbind_device).", [Device, Process with { About = "whose page table" }]),
    ];
}
