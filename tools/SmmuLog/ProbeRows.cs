namespace Iopf.SmmuLog;

/// <summary>The driver's messages while it takes an SMMU into service.</summary>
/// <remarks>
/// Kernel: <c>arm_smmu_device_hw_probe</c>, <c>arm_smmu_device_reset</c>, <c>arm_smmu_init_structures</c>, <c>arm_smmu_setup_irqs</c>,
/// <c>arm_smmu_device_probe</c>, <c>tegra241_vintf0_handle_error</c>.
/// </remarks>
internal static class ProbeRows
{
    private const string Kind = "probe";
    private const string GaveUp = "devices behind this SMMU have no IOMMU, or wait for it and are never probed";
    private const string GivesUp = "the driver gives up";
    private const string Bypass = "translation: Linux leaves an SMMU that firmware describes wrongly in bypass, so that nothing is isolated";
    private const string Registers = "the SMMU's clock, power and reset, and whether reg (or the IORT base address) is that of the SMMU";
    private const string Memory = "free contiguous memory at boot: cma=, the number of SMMUs, the sizes in IDR1";
    private const string Interrupts = "the interrupts in firmware: interrupt-names eventq, gerror, priq, cmdq-sync, or the GSIVs in IORT";

    /// <summary>The messages.</summary>
    public static IReadOnlyList<DriverMessage> Rows { get; } =
    [
        Own("ias {ias:d}-bit, oas {oas:d}-bit (features {features:x})", "Widths of input and output addresses, and what the SMMU can do."),
        Own("allocated {entries:d} entries for {queue:w}", "A queue was allocated."),
        new(Kind, "option mask {mask:x}", "Workarounds of this SMMU, one bit each."),
        new(Kind, "option hisilicon,broken-prefetch-cmd", "The device tree asks for SKIP_PREFETCH: the driver never sends CMD_PREFETCH_CONFIG."),
        new(Kind, "option cavium,cn9900-broken-page1-regspace", "The device tree asks for PAGE0_REGS_ONLY: all registers are on page 0."),
        new(Kind, "option {name:w}", "A workaround that the device tree asks for."),
        Own("unknown output address size. Truncating to 48-bit", "IDR5.OAS has a value that the driver does not know: it takes 48 bits.",
            "memory beyond 256 TiB is out of reach of DMA", "the kernel's age: 52 bits came with Linux 4.17"),
        new(Kind, "unknown/unsupported TT endianness!",
            "IDR0.TTENDIAN says neither mixed nor little-endian tables. Registers that read as ones, as an unmapped or unpowered MMIO range does, look like this.",
            Fatal("ENXIO"), Registers),
        new(Kind, "AArch64 table format not supported!", "IDR0.TTF: the SMMU cannot walk the VMSAv8-64 tables that Linux writes.", Fatal("ENXIO"), Registers),
        new(Kind, "no translation support!", "IDR0.S1P and S2P are both clear: the SMMU has neither stage.", Fatal("ENXIO"), Registers),
        new(Kind, "embedded implementation not supported", "IDR1: tables or queues are fixed inside the SMMU (TABLES_PRESET, QUEUES_PRESET), which the driver cannot use.",
            Fatal("ENXIO"), Registers),
        new(Kind, "command queue size <= {entries:d} entries not supported", "IDR1.CMDQS: the command queue is smaller than a batch of commands.", Fatal("ENXIO"), Registers),
        new(Kind, "2-level strtab only covers {covered:d}/{bits:d} bits of SID", "The two-level stream table is smaller than the stream IDs the SMMU could carry.",
            "devices with a larger stream ID: C_BAD_STREAMID", "the largest output ID in iommu-map or IORT"),
        Out("failed to allocate l1 stream table ({bytes:d} bytes)"),
        Out("failed to allocate linear stream table ({bytes:d} bytes)"),
        new(Kind, "failed to allocate l2 stream table for SID {sid:d}", "No memory for the part of the stream table that this device is in.",
            "the device is not attached (ENOMEM)", Memory),
        Out("failed to allocate queue ({bytes:x} bytes) for {queue:w}"),
        new(Kind, "failed to allocate context descriptor table", "No memory for the CDs of a device.", "the device is not attached (ENOMEM)", Memory),
        new(Kind, "GBPA not responding to update", "SMMU_GBPA.Update stayed set: the register does not answer.", Fatal("ETIMEDOUT"), Registers),
        new(Kind, "failed to clear cr0", "SMMU_CR0ACK did not follow: the SMMU could not be switched off for its reset.", Fatal("ETIMEDOUT"), Registers),
        new(Kind, "failed to enable command queue", "SMMU_CR0ACK.CMDQEN did not follow.", Fatal("ETIMEDOUT"), Registers),
        new(Kind, "failed to enable event queue", "SMMU_CR0ACK.EVENTQEN did not follow.", Fatal("ETIMEDOUT"), Registers),
        new(Kind, "failed to enable PRI queue", "SMMU_CR0ACK.PRIQEN did not follow.", Fatal("ETIMEDOUT"), Registers),
        new(Kind, "failed to enable ATS check", "SMMU_CR0ACK.ATSCHK did not follow.", Fatal("ETIMEDOUT"), Registers),
        new(Kind, "failed to enable SMMU interface", "SMMU_CR0ACK.SMMUEN did not follow: translation could not be switched on.", Fatal("ETIMEDOUT"), Registers),
        new(Kind, "failed to setup irqs", "The interrupts could not be set up: IRQ_CTRLACK did not follow.", Fatal("ETIMEDOUT"), Registers),
        new(Kind, "failed to disable irqs", "SMMU_IRQ_CTRLACK did not follow.", Fatal("ETIMEDOUT"), Registers),
        new(Kind, "failed to enable irqs", "SMMU_IRQ_CTRLACK did not follow.", Fatal("ETIMEDOUT"), Registers),
        Own("no evtq irq - events will not be reported!", "Firmware names no interrupt for events: the driver never reads them.",
            "reports of faults, and with them I/O page faults: a stalled transaction waits without end", Interrupts),
        Own("no gerr irq - errors will not be reported!", "Firmware names no interrupt for global errors.", "reports of global errors, and the recovery of a stopped command queue",
            Interrupts),
        Own("no priq irq - PRI will be broken", "Firmware names no interrupt for PCIe page requests.", "PCIe page requests", Interrupts),
        Own("failed to enable {queue:w} irq", "The interrupt could not be requested.", "what that interrupt tells: events, errors or page requests stay unread", Interrupts),
        new(Kind, "failed to allocate MSIs - falling back to wired irqs", "There are no MSIs for this SMMU: its interrupts are wires.", "",
            "nothing, if the wired interrupts exist; else the ITS mapping of the SMMU"),
        new(Kind, "msi_domain absent - falling back to wired irqs", "Firmware gives the SMMU no MSIs: its interrupts are wires.", "",
            "nothing, if the wired interrupts exist; else msi-parent or the IORT's ITS group"),
        new(Kind, "MMIO region too small ({region:t})", "The register range is smaller than the two 64 KiB pages of an SMMUv3.", Fatal("EINVAL"),
            "the size in reg; one page is right only with the PAGE0_REGS_ONLY workaround"),
        new(Kind, "missing #iommu-cells property", "The device tree node does not say how stream IDs are written.", Bypass, "#iommu-cells = <1> in the SMMU's node"),
        new(Kind, "invalid #iommu-cells value ({cells:d})", "An SMMUv3 takes one cell: the stream ID.", Bypass, "#iommu-cells = <1> in the SMMU's node"),
        new(Kind, "IDR0.COHACC overridden by FW configuration ({coherent:w})",
            "Firmware and the SMMU do not agree on whether table walks and queues are coherent; firmware wins.", "", "dma-coherent or the IORT's COHACC flag: wrong, it corrupts tables silently"),
        new(Kind, "IDR0.HTTU features({idr:x}) overridden by FW configuration ({firmware:x})",
            "Firmware and the SMMU do not agree on hardware update of access flag and dirty state; firmware wins.", "", "the IORT's HTTU flags; dirty tracking needs them"),
        new(Kind, "SMMU currently enabled! Resetting...", "Firmware or another kernel left the SMMU on; the driver resets it.", "",
            "DMA that went on from the boot loader or a crashed kernel: it faults now"),
        new(Kind, "failed to set DMA mask for table walker", "Tables may be out of the SMMU's reach.", "", "oas, and where memory lies"),
        new(Kind, "Aliasing StreamID {sid:x} (from {other:t}) unsupported, expect DMA to be broken", "Two devices have one stream ID.", "DMA of the second device",
            "iommu-map, IORT and ACS"),
        new(Kind, "stream {sid:d} already in tree", "Two devices have one stream ID.", "the second device is not attached", "iommu-map and IORT"),
        new(Kind, "Failed to register iommu{rest:t}", "The core did not take the SMMU.", Fatal("an error"), "the message before it"),
        new("probe_failed", "probe with driver {driver:w} failed with error {error:t}", "The driver did not take the SMMU.", GaveUp, "the messages before it"),
        new("probe_failed", "probe of {device:w} failed with error {error:t}", "The driver did not take the SMMU.", GaveUp, "the messages before it"),
        new(Kind, "Probing from {device:w}", "A second driver takes the SMMU over."),
        Own("unexpected error reported. vintf_map: {vintf:h}, vcmdq_map {vcmdq:t}",
            "Tegra241 CMDQV: a virtual interface or one of its command queues reports an error; the maps have a bit for each.",
            "the command queues of the bits that are set: their invalidations wait", "CMDQ error lines near it; a VMM that gave a guest the queue") with { Kind = "cmdqv_error" },
        new("cmdqv_error", "VINTF{index:t}", "Tegra241 CMDQV: a message about one virtual interface of the command queues.", "", "the text"),
    ];

    private static string Fatal(string errno) => $"{GivesUp} ({errno}): {GaveUp}";

    private static DriverMessage Out(string text) =>
        new(Kind, text, "No contiguous memory for a structure of the SMMU.", Fatal("ENOMEM"), Memory);

    private static DriverMessage Own(string text, string meaning, string stops = "", string lookAt = "") =>
        new(Kind, text, meaning, stops, lookAt) { IsUnmistakable = true };
}
