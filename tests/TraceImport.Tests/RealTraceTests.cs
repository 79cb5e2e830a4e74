using System.Text.Json;
using Iopf.Kernel;
using Iopf.Patches;
using Iopf.Scenarios;
using Iopf.TestKit;

namespace Iopf.TraceImport.Tests;

/// <summary>Every trace in tests/data becomes a scenario, runs, and gives the answers that its log has or implies.</summary>
public sealed class RealTraceTests
{
    private static readonly string[] Without = ["err-dpdk-ovs-efault.log", "negative-dmar.log", "README.md"];

    public static TheoryData<string> Files { get; } =
    [
        .. new[] { "vfio-traces", "iommu-ftrace" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests/data", folder)))
            .Where(path => !Without.Contains(Path.GetFileName(path)))
            .Select(path => Path.GetRelativePath(Path.Combine(Repository.Root, "tests/data"), path))
            .Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void Trace_becomes_a_scenario_that_gives_the_answers_of_the_log(string file)
    {
        RunResult result = Run(file, patches: null);

        Assert.All(result.Operations, operation => Assert.True(operation.Matched, $"{operation.Text}: {operation.Result}, expected {operation.Expected}"));
        Assert.Contains(result.Operations, operation => operation is { Op: "map_dma" or "unmap_dma" or "dma", Expected: not null });
        Assert.Empty(result.Violations);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void With_the_series_nothing_is_pinned_but_what_had_been_before(string file)
    {
        RunResult result = Run(file, PatchSet.All);
        long before = (long)(new Verdicts(Read(file)).LockedBefore >> 12);

        Assert.Empty(result.Violations);
        Assert.Equal((before, before), (result.PinnedPages, result.LockedVmPeak));
    }

    [Fact]
    public void Every_file_is_listed_in_the_document()
    {
        string document = Repository.Read("docs/imports.md");

        string[] files = [.. new[] { "vfio-traces", "iommu-ftrace" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests/data", folder)))
            .Select(path => Path.GetFileName(path)).Where(name => name != "README.md")];

        Assert.Equal(32, files.Length);
        Assert.All(files, file => Assert.Contains($"`{file}`", document, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("vfio-traces/err-dpdk-ovs-efault.log")]
    [InlineData("iommu-ftrace/negative-dmar.log")]
    public void Log_without_ranges_is_refused(string file)
    {
        InputException refused = Assert.Throws<InputException>(() => Read(file));

        Assert.Contains("nothing to import in", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Guest_RAM_is_one_mapping_of_4_GiB_among_the_skipped_regions()
    {
        ImportedTrace trace = Read("vfio-traces/hisilicon-novsmmu-init.trace");

        ImportedStep ram = Assert.Single(trace.Steps);
        Assert.Equal((0x4000_0000ul, 0x1_3fff_fffful, 0xfffe_83e0_0000ul), (ram.Iova, ram.Last, ram.Vaddr!.Value));
    }

    [Fact]
    public void Both_witnesses_of_the_BAR_mappings_say_the_same()
    {
        ImportedTrace qemu = Read("vfio-traces/qemu-bar-hole-4.0.0.trace");
        ImportedTrace kernel = Read("iommu-ftrace/vfio-bar-map-4.0.0.ftrace");

        // The kernel's two pages at 0xfa000000 lie side by side and are told as one request; what is covered is the same.
        Assert.Equal(Pages(qemu), Pages(kernel));
        Assert.DoesNotContain(0xf800_6000ul, Pages(qemu));
        Assert.All(qemu.Steps, step => Assert.True(step.IsDeviceMemory));
    }

    [Fact]
    public void Low_and_high_RAM_are_windows_into_one_piece_of_memory()
    {
        ImportedTrace tree = Read("vfio-traces/mtree-pc-ram-holes.txt");
        ImportedTrace gvt = Read("vfio-traces/qemu-gvtd-8g-q-3.1.0.trace");

        Assert.Equal(0xc000_0000ul, tree.Steps[1].Vaddr - tree.Steps[0].Vaddr);
        Assert.Equal(0xc000_0000ul, gvt.Steps.First(step => step.Iova == 0x1_0000_0000).Vaddr - gvt.Steps.First(step => step.Iova == 0).Vaddr);
    }

    [Fact]
    public void Window_of_VGA_is_a_hole_and_ROM_lies_over_RAM()
    {
        ImportedTrace tree = Read("vfio-traces/mtree-i440fx-3g.txt");

        Assert.Equal(
            [0x0ul, 0xc_0000, 0xe_0000, 0x10_0000, 0xfd00_0000, 0xfffc_0000],
            tree.Steps.Select(step => step.Iova));
        Assert.Equal([true, false, false, true, true, false], tree.Steps.Select(step => step.IsWritable));
        Assert.Equal(0x9_fffful, tree.Steps[0].Last);
    }

    [Fact]
    public void Fault_after_unmap_is_told_with_its_time()
    {
        ImportedTrace trace = Read("iommu-ftrace/ath12k-use-after-unmap.ftrace");

        Assert.Equal(["line 5: fault at 0xfe980000: unmapped 6.176 ms ago (line 4), byte 0x0 of a range of 0x80000"], trace.Remarks);
    }

    [Fact]
    public void Faults_sixteen_bytes_apart_are_on_one_page() =>
        Assert.Single(Read("iommu-ftrace/amdvi-io-page-fault.ftrace").Steps.Select(step => step.Iova >> 12).Distinct());

    [Fact]
    public void Try_out_of_superpages_is_left_to_the_model()
    {
        ImportedTrace trace = Read("iommu-ftrace/qemu-kvm-guest-ram.ftrace");

        Assert.Equal(ImportedKind.Map, trace.Steps[0].Kind);
        Assert.Equal((0ul, 0x5f_fffful), (trace.Steps[0].Iova, trace.Steps[0].Last));
    }

    [Fact]
    public void Both_spellings_of_the_map_event_are_read() => Assert.Equal(
        [0xf_fff3_6000ul, 0xf_fff3_6000, 0xf_ffa8_8000, 0xf_ffa8_8000],
        Read("iommu-ftrace/iommu-map-device-name.ftrace").Steps.Select(step => step.Iova));

    [Fact]
    public void Every_removal_names_the_range_of_the_last_addition()
    {
        ImportedTrace trace = Read("vfio-traces/libvfio-user-544-x86-2g-addel.trace");

        Assert.All(trace.Steps.Index().Where(step => step.Item.Kind == ImportedKind.Unmap), step => Assert.True(step.Item.IsSameRange(trace.Steps[step.Index - 1])));
        Assert.Single(trace.Steps.Where(step => step.Kind == ImportedKind.Map).Select(step => step.Vaddr - step.Iova).Distinct());
    }

    [Theory]
    [InlineData("vfio-traces/err-memlock-64k.log", 65_536ul)]
    [InlineData("vfio-traces/err-memlock-above4g.log", 4_193_574_912ul)]
    [InlineData("vfio-traces/err-memlock-libvirt-10g.log", 9_663_676_416ul)]
    public void Limit_of_the_log_is_the_limit_of_the_process(string file, ulong limit)
    {
        using JsonDocument scenario = JsonDocument.Parse(ScenarioText.Of("x", file, Read(file)));

        Assert.Equal($"0x{limit:x}", scenario.RootElement.GetProperty("machine").GetProperty("processes")[0].GetProperty("memlock").GetString());
    }

    [Fact]
    public void The_same_trace_gives_the_same_bytes() => Assert.Equal(
        ScenarioText.Of("x", "y", Read("vfio-traces/qemu-gvtd-8g-q-3.1.0.trace")),
        ScenarioText.Of("x", "y", Read("vfio-traces/qemu-gvtd-8g-q-3.1.0.trace")));

    private static List<ulong> Pages(ImportedTrace trace) =>
        [.. trace.Steps.SelectMany(step => Enumerable.Range(0, (int)(step.Size >> 12)).Select(page => step.Iova + ((ulong)page << 12))).Order()];

    private static ImportedTrace Read(string file) => Importer.Read(file, File.ReadLines(Path.Combine(Repository.Root, "tests/data", file)));

    private static RunResult Run(string file, PatchSet? patches)
    {
        Scenario scenario = ScenarioFile.Parse(file, ScenarioText.Of("imported", file, Read(file)));
        return ScenarioRun.Execute(new RunRequest(scenario, patches, new Dictionary<string, string>(), Seed: 0, Trace: null));
    }
}
