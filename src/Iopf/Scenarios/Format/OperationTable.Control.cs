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
        Operation(Control, "workload", "Runs the cover letter's test, each row on a machine of its own.",
        [
            new("name", FieldKind.Choice, "which") { Words = ["cover-letter"], Default = "cover-letter" },
            new("configs", FieldKind.Choices, "which configurations") { Words = ["sva-1mb", "vfio-1mb", "vfio-10mb"], Default = "all" },
            new("messages", FieldKind.Counts, "how many messages, one run each") { Min = 1, Max = 100_000, Default = "[1, 100, 1000]" },
        ],
        reports: ["rows", "counts"]),
    ];
}
