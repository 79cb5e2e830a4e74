namespace Iopf.Scenarios.Format;

/// <summary>What a guest and its VMM do with stage-1 tables of their own.</summary>
internal static partial class OperationTable
{
    private const string Nested = "Nested translation";

    private static IEnumerable<OperationSpec> NestedOperations() =>
    [
        Operation(Nested, "attach_guest_tables", "The guest builds stage-1 tables in its memory, and the VMM puts them under a device.",
        [
            Process with { About = "the VMM" }, Device,
            new("tables", FieldKind.UserPage, "the guest-physical address (IPA) of the first table page") { IsRequired = true },
            new("pages", FieldKind.Count, "how many pages the guest set aside for tables") { Min = 4, Max = 4096, Default = "64" },
            new("ram", FieldKind.Address, "where the VMM has guest-physical address 0 in its own memory") { IsRequired = true },
        ]),
        Operation(Nested, "detach_guest_tables", "The VMM takes the guest's tables away again.", [Device]),
        Operation(Nested, "guest_map", "The guest enters pages into its stage-1 tables (real descriptors, written by the VMM's CPU).",
        [
            Device,
            Iova,
            new("ipa", FieldKind.UserPage, "the guest-physical address it leads to") { IsRequired = true },
            AccessedSize, Access,
        ]),
        Operation(Nested, "guest_unmap", "The guest removes pages from its tables and invalidates the IOTLB.",
            [Device, Iova, AccessedSize]),
        Operation(Nested, "register_nested", "The bus driver asks for the stage-1 faults of a device.", [Device]),
        Operation(Nested, "unregister_nested", "The bus driver no longer wants them.", [Device]),
        Operation(Nested, "guest_policy", "What the guest does with a stage-1 fault as soon as it arrives.",
        [
            Device,
            new("policy", FieldKind.Choice, "`wait` leaves it to `guest_answer`; `map` maps the page and answers success")
            {
                Words = ["wait", "map", "invalid", "failure"], IsRequired = true,
            },
            new("offset", FieldKind.UserPage, "for `map`: IPA = device address + offset") { Default = "0" },
        ]),
        Operation(Nested, "guest_answer", "The guest answers its oldest open stage-1 fault.",
        [
            Device,
            new("code", FieldKind.Choice, "the page response") { Words = ["success", "invalid", "failure"], Default = "success" },
        ],
        reports: ["iova"]),
    ];
}
