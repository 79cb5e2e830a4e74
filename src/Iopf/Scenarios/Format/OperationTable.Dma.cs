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
        Operation(Dma, "sva_enable", "The host's driver enables IOPF and SVA of a device.", [Device]),
        Operation(Dma, "sva_disable", "The host's driver disables both.", [Device]),
        Operation(Dma, "sva_bind", "A substream of the device gets the page table of a process (iommu_sva_bind_device).",
            [Device, Process with { About = "whose page table" }], reports: ["pasid"]),
        Operation(Dma, "sva_unbind", "Ends that (iommu_sva_unbind_device).", [Device, Process with { About = "whose page table" }]),
    ];
}
