using Iopf.Kernel;

namespace Iopf.Scenarios.Format;

/// <summary>What a process and the mm do to memory.</summary>
internal static partial class OperationTable
{
    /// <summary>The lowest page frame that device memory may have; RAM lies below.</summary>
    public const ulong FirstDeviceFrame = 0x100_0000;

    private const string Memory = "Memory of a process";

    private static OperationField UserPage =>
        new("addr", FieldKind.UserPage, "the first page") { IsRequired = true };

    private static OperationField UserAddress =>
        new("addr", FieldKind.UserAddress, "the first byte") { IsRequired = true };

    private static OperationField MemorySize =>
        new("size", FieldKind.WholePages, "bytes") { IsRequired = true, Max = 1UL << 40 };

    private static OperationField AccessedSize =>
        new("size", FieldKind.WholePages, "bytes") { Default = "0x1000", Max = 1UL << 30 };

    private static IEnumerable<OperationSpec> MemoryOperations() =>
    [
        Operation(Memory, "mmap", "Creates an area of memory.",
        [
            Process, UserPage, MemorySize, Access,
            new("kind", FieldKind.Choice, "what is behind it") { Words = ["anonymous", "shared", "pfnmap", "dax"], Default = "anonymous" },
            new("frame", FieldKind.Count, "the first page frame of a pfnmap area (device memory)")
            {
                Min = FirstDeviceFrame,
                Max = 1UL << 35,
                Default = "0x1000000",
            },
        ]),
        Operation(Memory, "munmap", "Removes the memory of a range.", [Process, UserPage, MemorySize]),
        Operation(Memory, "mprotect", "Changes what the process may do with a range.", [Process, UserPage, MemorySize, Access]),
        Operation(Memory, "mremap", "Moves a range to another place.",
        [
            Process, UserPage, MemorySize,
            new("to", FieldKind.UserPage, "its new first page") { IsRequired = true },
        ]),
        Operation(Memory, "madvise", "Gives pages of a range back, or says how they will be used.",
        [
            Process, UserPage, MemorySize,
            new("advice", FieldKind.Choice, "how; `hugepage` has one fault map a whole 2 MiB, `unmergeable` gives merged pages their own frames")
            {
                Words = ["dontneed", "free", "remove", "hugepage", "unmergeable"],
                Default = "dontneed",
            },
        ]),
        Operation(Memory, "cpu_read", "The process reads memory.",
        [
            Process, UserAddress,
            new("len", FieldKind.Count, "bytes") { Min = 1, Max = LongestAccess, Default = "16" },
        ],
        reports: ["data"]),
        Operation(Memory, "cpu_write", "The process writes memory.",
        [
            Process, UserAddress,
            new("data", FieldKind.Data, "the bytes, repeated up to `len`") { IsRequired = true, Max = 1 << 16 },
            new("len", FieldKind.Count, "bytes") { Min = 1, Max = LongestAccess, Default = "as many as `data` has" },
        ]),
        Operation(Memory, "touch", "The process accesses one byte of every page of a range.",
        [
            Process, UserPage, AccessedSize,
            new("dir", FieldKind.Choice, "how") { Words = ["read", "write"], Default = "write" },
        ]),
        Operation(Memory, "userfault", "User space supplies the missing pages of a range (userfaultfd), each when it is missed.",
        [
            Process, UserPage, MemorySize,
            new("data", FieldKind.Data, "what a supplied page holds, repeated") { Max = Page.Size, Default = "00" },
        ]),
        Operation(Memory, "fork", "The process duplicates itself (copy on write).",
        [
            Process,
            new("child", FieldKind.NewProcess, "the name of the new process") { IsRequired = true },
        ]),
        Operation(Memory, "exec", "The process starts another program: its memory is replaced, its files stay open.", [Process]),
        Operation(Memory, "exit", "The process ends: first its memory goes, then its files.", [Process]),
        Operation(Memory, "exit_mm", "The process is about to end: its memory goes, its files are still open.", [Process]),
        Operation(Memory, "exit_leader", "The first thread of the process ends; others keep its memory and files.", [Process]),
        Operation(Memory, "kill", "The process gets a fatal signal: every wait of its threads that can be killed ends.", [Process]),
        Operation(Memory, "oom_reap", "The mm frees the process's memory because it is being killed for lack of memory; nobody may block it.", [Process]),
        Operation(Memory, "zap_device", "The driver of a device whose memory is mapped (pfnmap) drops the entries of a range.", [Process, UserPage, MemorySize]),
        Operation(Memory, "migrate", "The mm moves pages to other frames (compaction, NUMA balancing).", [Process, UserPage, AccessedSize]),
        Operation(Memory, "swap_out", "The mm takes pages away and keeps their contents.", [Process, UserPage, AccessedSize]),
        Operation(Memory, "merge", "The mm merges two pages of equal contents (KSM).",
        [
            Process, UserPage,
            new("other", FieldKind.UserPage, "the page that keeps its frame") { IsRequired = true },
            new("other_process", FieldKind.Process, "whose page that is") { Default = "`process`" },
        ]),
        Operation(Memory, "writeback", "The mm writes shared pages back: the next write to them is to be noticed.",
            [Process, UserPage, AccessedSize]),
        Operation(Memory, "numa_hint", "The mm makes a range inaccessible for a moment, to learn who uses it.",
            [Process, UserPage, AccessedSize]),
    ];
}
