namespace Iopf.SmmuLog;

/// <summary>The driver's messages about events, queues and errors.</summary>
/// <remarks>
/// Kernel: <c>arm_smmu_gerror_handler</c>, <c>arm_smmu_evtq_thread</c>, <c>arm_smmu_priq_thread</c>, <c>__arm_smmu_cmdq_skip_err</c>,
/// <c>arm_smmu_cmdq_issue_cmdlist</c>. The first rows are read elsewhere; here they say how such a message ends.
/// </remarks>
internal static class QueueMessages
{
    private const string Access = "\"{class:t}\"";
    private const string Power = "the SMMU's clock and power domain, and the command at the read index";
    private const string Msi = "the ITS, its mapping for the SMMU's own device ID, and the doorbell address in the SMMU_*_IRQ_CFG registers";

    /// <summary>The messages.</summary>
    public static IReadOnlyList<DriverMessage> Rows { get; } =
    [
        .. Names("F_TRANSLATION", "F_ADDR_SIZE", "F_ACCESS", "F_PERMISSION").Select(name =>
            Own("event", $"event: {name} client: {{client:t}} sid: {{sid:x}} ssid: {{ssid:x}} iova: {{iova:x}} ipa: {{ipa:x}}", "A fault in the driver's own words.")),
        .. Names("F_STE_FETCH", "F_CD_FETCH", "F_VMS_FETCH").Select(name =>
            Own("event", $"event: {name} client: {{client:t}} sid: {{sid:x}} ssid: {{ssid:x}} fetch_addr: {{fetch_addr:x}}", "A failed fetch in the driver's own words.")),
        Own("event", "event: {name:w} client: {client:t} sid: {sid:x} ssid: {ssid:x}", "An event in the driver's own words."),
        Own("event", "event 0x{type:h} received:", "An event record; its four words follow."),
        .. Names("unpriv", "priv").SelectMany(who => Names("data", "inst").Select(what =>
            Own("event", $"{who} {what} {{direction:w}} {{stage:w}} {Access}{{rest:t}}stag: {{stag:x}}", "How the access that faulted was made."))),
        Own("cmdq_error", "CMDQ error (cons {cons:x}): {error:t}", "The command queue stopped at a command.",
            "commands behind it wait until the driver has replaced it", "the skipped command below"),
        Own("skipped_command", "skipping command in error state:", "The command that stopped the queue; its two words follow.", "what the command should have done",
            "the opcode and its fields"),
        Own("cmd_sync_timeout", "CMD_SYNC timeout at {at:x} [hwprod {hwprod:x}, hwcons {hwcons:x}]", "A CMD_SYNC did not complete in time.",
            "the invalidation behind it: the waiter goes on without it, and stale translations are possible", Power),
        Own("gerror", "unexpected global error reported ({gerror:x}), this could be serious", "SMMU_GERROR tells errors; their bits are named.", "", "the messages that follow"),
        Own("pri_request", "unexpected PRI request received:", "A PCIe page request came for which no handler is registered; the line below it tells which. It is denied.",
            "the device's page request: it gets a failure response", "who enabled PRI of the device; Linux's driver does not serve PRI"),
        .. Names("L", "").Select(last =>
            Own("pri_request", $"sid {{sid:x}}.{{ssid:x}}: [{{group:d}}{last}] {{who:w}} {{access:w}} access at iova {{iova:q}}",
                "A PCIe device asked for a page and no handler serves such requests; it is denied.")),
        Own("evtq_overflow", "EVTQ overflow detected -- events lost",
            "The event queue was full: the SMMU threw events away, and no line tells which. Stalled ones among them are recorded later.",
            "reports of faults that were not stalled", "the device that causes the storm: the stream of most records"),
        Own("priq_overflow", "PRIQ overflow detected -- requests lost",
            "The queue of PCIe page requests was full: requests were lost.",
            "page requests of devices: the SMMU answered those that asked for the last of a group by itself", "the device that asks for so many pages; the PRI allocation of it"),
        Own("service_failure", "device has entered Service Failure Mode!",
            "GERROR.SFM_ERR: the SMMU has given up: it neither translates nor takes commands until it is reset.",
            "all DMA through this SMMU", "the errors before it; RAS records of the SMMU; only a reset ends it"),
        Own("msi_abort", "GERROR MSI write aborted", "GERROR.MSI_GERROR_ABT_ERR: the interrupt for a global error could not be sent.", "news of global errors", Msi),
        Own("msi_abort", "PRIQ MSI write aborted", "GERROR.MSI_PRIQ_ABT_ERR: the interrupt for page requests could not be sent.", "news of page requests", Msi),
        Own("msi_abort", "EVTQ MSI write aborted", "GERROR.MSI_EVENTQ_ABT_ERR: the interrupt for events could not be sent; events may wait unseen.", "news of events", Msi),
        Own("msi_abort", "CMDQ MSI write aborted", "GERROR.MSI_CMDQ_ABT_ERR: the message of a finished CMD_SYNC could not be sent; its waiter may time out.",
            "completion of CMD_SYNC by message", Msi),
        Own("queue_abort", "PRIQ write aborted -- events may have been lost", "GERROR.PRIQ_ABT_ERR: the SMMU could not write a page request to memory; it is lost.",
            "page requests", "SMMU_PRIQ_BASE and whether the bus lets the SMMU write there"),
        Own("queue_abort", "EVTQ write aborted -- events may have been lost", "GERROR.EVENTQ_ABT_ERR: the SMMU could not write an event to memory; it is lost.",
            "reports of faults", "SMMU_EVENTQ_BASE and whether the bus lets the SMMU write there"),
        new("cmdq_retry", "retrying command fetch", "CERROR_ABT: the bus aborted the fetch of a command; the driver lets the SMMU try again.",
            "commands wait; if the fetch fails again, for good", "SMMU_CMDQ_BASE and whether the bus lets the SMMU read there"),
        Own("cmdq_timeout", "CMDQ timeout", "The command queue stayed full for longer than the driver waits (1 s): the SMMU does not consume commands.",
            "invalidations and configuration: mappings that are removed may stay usable", Power),
        new("cmdq_timeout", "failed to sync{what:t}", "The driver waited in vain for the command queue.", "invalidations", Power),
        new("cmdq_opcode", "ignoring unknown CMDQ opcode {opcode:x}", "The driver was asked for a command it does not know; it issues none.", "that command",
            "the kernel's version: its two halves do not fit"),
    ];

    private static string[] Names(params string[] names) => names;

    private static DriverMessage Own(string kind, string text, string meaning, string stops = "", string lookAt = "") =>
        new(kind, text, meaning, stops, lookAt) { IsUnmistakable = true };
}
