using System.Text;

namespace Iopf.Project.Tests.Layering;

/// <summary>The map of the repository: every project and every folder of it, from the bottom up, with what it may refer to.</summary>
/// <remarks>docs/layout.md is written from it. A folder with folders inside is one unit.</remarks>
internal static class Layout
{
    private const string Root = SourceProject.Root;
    private static readonly string[] KernelRooms = ["Iopf.Kernel", "Iopf.Mm", "Iopf.Iommu", "Iopf.ArmSmmuV3", "Iopf.Vfio", "Iopf.VfioType1"];

    public static IReadOnlyList<ProjectRow> Projects { get; } =
    [
        new("src/Kernel", "what every part of the modeled kernel stands on", [],
        [
            new("Errors", "errno, results, invariants, oopses, and the exception for bad input"),
            new("Settings", "options that a user may set, checks of their values, and values that have a text form of their own", "Errors"),
            new("Addresses", "iova, user address, page frame number, ranges", "Errors"),
            new("Errata", "the ids of the defects of the posted code, and sets of them", "Errors", "Settings"),
            new("Failures", "planned failures of allocations, pins, maps and registrations", "Errors"),
            new("Timing", "virtual clock and what each step of a fault costs", "Errors"),
            new("Tracing", "trace points, the steps they report, followers", "Addresses", "Errors"),
            new("Threads", "kernel threads, locks, wait queues, work queues, and the single-threaded scheduler", "Errors", "Tracing"),
            new(Root, "one host's kernel: scheduler, clock, trace, counters, errata in force", "Addresses", "Errata", "Failures", "Settings", "Threads", "Timing", "Tracing"),
        ]),
        new("src/Schedulers", "schedulers that a test or a study puts in place of the single-threaded one of src/Kernel", ["Iopf.Kernel"],
        [
            new("Controlled", "every lock, wait and marked access is a point where a schedule chooses the next thread"),
            new("Exploring", "which schedules are tried: depth first with partial-order reduction, random, by priorities", "Controlled"),
            new("Timed", "threads and devices on a calendar of virtual time"),
        ]),
        new("src/Mm", "host memory", ["Iopf.Kernel"],
        [
            new("Frames", "page frames: allocation, contents, pins, swap, reverse mapping"),
            new("AddressSpaces", "VMAs, CPU page tables, faults, pinning, MMU notifiers, and the events that move or free pages", "Frames"),
            new(Root, "processes", "AddressSpaces", "Frames"),
        ]),
        new("src/Iommu", "the iommu core", ["Iopf.Kernel", "Iopf.Mm"],
        [
            new("Core", "devices, groups, domains, fault reports and page responses, the queue of page faults"),
            new("Lpae", "ARM's page-table format, as the IOMMU uses it", "Core"),
            new("Sva", "page faults of shared address spaces", "Core"),
            new(Root, "adds the project's services to a container", "Core"),
            new("AsPosted", "classes of the core with the defects of the posted code", "Core"),
            new("Patches", "patch 1, the core's half", "AsPosted", "Core", Root),
        ]),
        new("src/ArmSmmuV3", "the SMMU", ["Iopf.Kernel", "Iopf.Mm", "Iopf.Iommu"],
        [
            new("Hardware", "stream table, context descriptors, translation, TLB, stall buffer, queues, registers"),
            new("Driver", "its Linux driver", "Hardware"),
            new(Root, "adds the project's services to a container", "Driver"),
            new("Patches", "patch 1, the driver's half", "Driver", "Hardware", Root),
        ]),
        new("src/Vfio", "the VFIO core", ["Iopf.Kernel", "Iopf.Mm", "Iopf.Iommu"],
        [
            new("Ioctls", "ioctl numbers and the binary layout of their arguments"),
            new("Backend", "what the core asks of an IOMMU backend", "Ioctls"),
            new("Groups", "containers, groups, devices", "Backend", "Ioctls"),
            new("External", "what vendor drivers call", "Backend", "Groups"),
            new("Pci", "the bus driver of PCI devices", "Groups", "Ioctls"),
            new(Root, "adds the project's services to a container", "External", "Groups"),
            new("Patches", "patch 8, the core's half", "Backend", "Groups", Root),
        ]),
        new("src/VfioType1", "the type1 backend", ["Iopf.Kernel", "Iopf.Mm", "Iopf.Iommu", "Iopf.Vfio"],
        [
            new("State", "containers, domains, groups, mappings, pins, bitmaps: the data"),
            new("Ports", "interfaces: each asks one question, which a patch may answer differently or which a patch asks of a neighbour", "State"),
            new("Dirty", "the dirty log", "Ports", "State"),
            new("Pins", "pinning and accounting, for mappings and for vendor drivers", "Dirty", "Ports", "State"),
            new("Mapping", "MAP_DMA and UNMAP_DMA", "Dirty", "Pins", "Ports", "State"),
            new("FaultHandling", "a page fault from its report to its response, and the way back", "Mapping", "Pins", "Ports", "State"),
            new("Groups", "attaching and detaching groups", "Dirty", "Mapping", "Pins", "Ports", "State"),
            new("Info", "the backend's entry points and what it tells about itself", "Dirty", "Groups", "Mapping", "Pins", "Ports", "State"),
            new(Root, "adds the project's services to a container", "Dirty", "FaultHandling", "Groups", "Info", "Mapping", "Pins", "Ports", "State"),
            new("AsPosted", "classes of the baseline with the defects of the posted code", "Dirty", "FaultHandling", "Groups", "Mapping", "Pins", "Ports", "State"),
            new("Patches", "patches 2 to 8, one folder each, with a folder AsPosted where a defect is larger than one expression", "AsPosted", "Ports", "State", Root),
        ]),
        new("src/Testing", "what makes a test of one patch short: a world of one container, fakes of its neighbours, faults", KernelRooms,
        [
            new(Root, "the world, the fakes, the faults"),
        ]),
        new("src/Iopf", "the series: composition of a modeled host", KernelRooms,
        [
            new("Settings", "the options that a user may set"),
            new("Patches", "the catalog of the eight patches and sets of them", "Settings"),
            new("Machine", "one host: memory, SMMUs, devices that do DMA, guests, processes", "Patches"),
            new("Promises", "the invariants that are checked after each operation", "Machine"),
            new(Root, "AddIopfModel, its options, and the factory of hosts", "Machine", "Patches", "Promises", "Settings"),
        ]),
        new("src/Scenarios", "runs of the model that a file describes", ["Iopf", .. KernelRooms, "Iopf.Schedulers"],
        [
            new("Format", "the JSON format: reader, schema, documentation"),
            new("Steps", "what each operation of the format does to a host", "Format"),
            new("Workloads", "whole programs as steps: the cover letter's accelerator test, memory figures", "Format", "Steps"),
            new("Running", "one run: request, runner, result", "Format", "Steps", "Workloads"),
            new("Views", "traces and states as text, JSON, diagrams, pictures"),
            new("Comparing", "two runs side by side", "Running"),
            new("Errata", "the catalog of defects, their reproducers, the review", "Comparing", "Format", "Running"),
            new("Exploring", "explorations of schedules, findings, minimization, lock graphs", "Errata", "Format", "Running", "Views"),
            new("Failures", "runs in which each call fails once", "Running"),
        ]),
        new("tools/Replay", "recordings of real kernels and of the posted code, replayed", ["Iopf", .. KernelRooms],
        [
            new("Recordings", "operations, answers, the fields of a line"),
            new("Operations", "the operations of a type1 recording", "Recordings"),
            new("Type1", "the machine that replays a type1 recording", "Operations", "Recordings"),
            new("Posted", "the machine that replays a recording of the posted patches", "Recordings"),
            new(Root, "reading and replaying a file", "Operations", "Posted", "Recordings", "Type1"),
        ]),
        new("tools/SmmuLog", "kernel logs with SMMUv3 events, decoded", ["Iopf", .. KernelRooms],
        [
            new("Transports", "what logs are sent in: encodings, JSON, mail, HTML"),
            new(Root, "reader, records, explanations, structures", "Transports"),
        ]),
        new("tools/TraceImport", "traces of real VMs as scenarios", ["Iopf.Kernel"], [new(Root, "reader and writer")]),
        new("tools/Studies", "measurements over many runs", ["Iopf", .. KernelRooms, "Iopf.Schedulers", "Iopf.Scenarios"],
        [
            new("Charts", "curves as SVG"),
            new("Timed", "the accelerator test on time lines of threads, locks and engines"),
            new("Table", "the cover letter's table", "Timed"),
            new("Sweeps", "any option over any values", "Timed"),
            new("Density", "guests per host under memory pressure"),
        ]),
        new("tools/Cli", "the command `iopf`",
            ["Iopf", .. KernelRooms, "Iopf.Schedulers", "Iopf.Scenarios", "Iopf.Replay", "Iopf.SmmuLog", "Iopf.TraceImport", "Iopf.Studies"],
        [
            new("Terminal", "streams, exit codes, configuration of the process"),
            new("Sweeping", "points of a sweep on several processors, kept in a file"),
            new("Output", "text, JSON and pages of results", "Sweeping", "Terminal"),
            new("Commands", "one file for each command", "Output", "Sweeping", "Terminal"),
            new(Root, "the command line", "Commands", "Terminal"),
        ]),
    ];

    public static ProjectRow Get(string folder) => Projects.Single(project => project.Folder == folder);

    /// <summary>docs/layout.md.</summary>
    public static string Write()
    {
        StringBuilder text = new();
        text.Append(
            """
            # Layout

            Generated from tests/Project.Tests/Layering/Layout.cs (`IOPF_UPDATE=1 dotnet test tests/Project.Tests`); tests hold it against the code.

            Lower layers come first: each row refers only to rows above it. A project row lists everything the project may use, directly or through others;
            a folder row lists exactly what the folder uses in its own project. `src` is the model, `tools` is built on it.

            Six projects model the kernel: Kernel, Mm, Iommu, ArmSmmuV3, Vfio, VfioType1. We call them kernel rooms. Their code never asks which patches are on, and only
            their Patches folders name a patch. `(root)` stands for the files that lie directly in the project's folder. Namespaces are coarser than folders: those of
            the kernel rooms are flat, and some of src/Iopf and src/Scenarios are older than their folders.

            | project | holds | refers to |
            |---|---|---|

            """);
        foreach (ProjectRow project in Projects)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"| [{project.Folder}](../{project.Folder}) | {project.Holds} | {List(project.Below.Select(NameOf))} |\n");
        }

        foreach (ProjectRow project in Projects)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\n## {project.Folder}\n\n| folder | holds | refers to |\n|---|---|---|\n");
            foreach (FolderRow row in project.Folders)
            {
                string name = row.Name == Root ? Root : $"[{row.Name}](../{project.Folder}/{row.Name})";
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"| {name} | {row.Holds} | {List(row.Below)} |\n");
            }
        }

        return text.ToString();
    }

    private static string NameOf(string assembly) => assembly == "Iopf" ? assembly : assembly["Iopf.".Length..];

    private static string List(IEnumerable<string> names) => names.Any() ? string.Join(", ", names) : "-";
}
