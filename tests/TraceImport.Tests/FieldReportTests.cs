using Iopf.Kernel;
using Iopf.Patches;
using Iopf.Scenarios;
using Iopf.SmmuLog;
using Iopf.TestKit;

namespace Iopf.TraceImport.Tests;

/// <summary>What people posted becomes a scenario that gives the log's answers, and says why they came.</summary>
public sealed class FieldReportTests
{
    [Theory]
    [InlineData("11-proxmox-terraform-einval.log", "EINVAL,EINVAL,EINVAL,EINVAL", "EINVAL,EINVAL,EINVAL,EINVAL", "need 46 bits")]
    [InlineData("14-virtiofs-pcram-efault.log", "EFAULT", "0", "the memory behind the guest's RAM cannot be pinned")]
    [InlineData("15-virtio-iommu-eexist-prose.log", "0,EEXIST", "0,EEXIST", "was mapped before the log begins")]
    [InlineData("17-hisi-sec2-iommufd-p2p.log", "0", "0", "iommufd does not map a device's BAR; type1 does")]
    [InlineData("18-ubuntu1604-i350-efault.log", "EFAULT", "0", "that of a BAR")]
    [InlineData("19-nested-viommu-map-notify.trace", "0,0,0", "0,0,0", "2 windows of a guest's IOMMU")]
    [InlineData("21-postcopy-efault.log", "EFAULT", "0", "a page that has not come yet as in postcopy")]
    public void A_report_gives_its_answers_without_and_with_the_series_and_the_cause_in_words(string file, string without, string with, string words)
    {
        ImportedTrace trace = Read(file);

        Assert.Equal(without, AnswersOf(trace, patches: null));
        Assert.Equal(with, AnswersOf(trace, PatchSet.All));
        Assert.Contains(trace.Remarks.Concat(ScenarioText.ExplainRefusals(trace)), remark => remark.Contains(words, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("25-spdk-1855-error22.log", "a mapping was refused (EINVAL), but there is no address in the log")]
    [InlineData("made-class-and-ttrnw.log", "which iopf decode reads")]
    public void A_log_without_addresses_is_refused_in_words_that_help(string file, string words) =>
        Assert.Contains(words, Assert.Throws<InputException>(() => Read(file)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("vfio_dma_map(0x1, 0x1800, 0x1000, 0x7f0000000000) = -22", "EINVAL", "no multiple of a page")]
    [InlineData("vfio_dma_map(0x1, 0xfffffffffffff000, 0x2000, 0x7f0000000000) = -22", "EINVAL", "wraps")]
    [InlineData("vfio_dma_map(0x1, 0x8000000, 0x100000, 0x7f0000000000) = -22", "EINVAL", "window of the MSIs")]
    [InlineData("vfio_dma_map(0x1, 0x1000000000000, 0x1000, 0x7f0000000000) = -22", "EINVAL", "need 49 bits")]
    [InlineData("vfio_dma_map(0x1, 0x40000000, 0x1000, 0x7f0000000000) = -28", "0,ENOSPC", "dma_entry_limit")]
    [InlineData("vfio_dma_unmap(0x1, 0x40000000, 0x1000) = -22", "0,EINVAL", "does not unmap a part of a mapping")]
    [InlineData("vfio 0000:01:00.0: failed to open /dev/vfio/17: Device or resource busy", "EBUSY", "")]
    [InlineData("container 0x1 can't map guest IOVA region 0x380000000000..0x380000ffffff", "EINVAL", "need 46 bits")]
    [InlineData("vfio: failed to set iommu for container: Operation not permitted", "EPERM", "")]
    public void An_error_is_caused(string line, string answers, string words)
    {
        ImportedTrace trace = Importer.Read("log", [line]);

        Assert.Equal(answers, AnswersOf(trace, patches: null));
        Assert.Contains(ScenarioText.ExplainRefusals(trace).Append(""), remark => remark.Contains(words, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("vfio_dma_map(0x1, 0x40000000, 0x1000, 0x7f0000000000) = -1", "EPERM: the scenario cannot cause it")]
    [InlineData("vfio_dma_map(0x1, 0x40000000, 0x1000, 0x7f0000000000) = -16", "EBUSY: the scenario cannot cause it")]
    [InlineData("vfio_dma_map(0x1, 0x40000000, 0x1000, 0x7f0000000000) = -121", "EREMOTEIO: the scenario cannot cause it")]
    [InlineData("vfio_dma_map(0x1, 0x40000000, 0x1000, 0x7f0000000000) = -333", "error 333: the scenario cannot cause it")]
    [InlineData("vfio_dma_unmap(0x1, 0x40000000, 0x1000) = -14", "EFAULT: the scenario cannot cause it")]
    public void An_error_that_nothing_causes_is_named_and_left_out(string line, string words)
    {
        ImportedTrace trace = Importer.Read("log", [line]);

        Assert.Equal("", AnswersOf(trace, patches: null));
        Assert.Contains(words, Assert.Single(ScenarioText.ExplainRefusals(trace)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_log_maps_later_is_never_reserved()
    {
        ImportedTrace trace = Importer.Read("log", [
            "vfio_dma_map(0x1, 0x380000000000, 0x2000, 0x7f0000000000) = -22",
            "region_add [ram] 0x380000001000 - 0x3800000fffff [0x7f1000000000]",
        ]);

        Assert.Equal("EINVAL,0", AnswersOf(trace, patches: null));
        Assert.Equal([(0x380000000000ul, 0x380000000ffful)], new Verdicts(trace).Reserved);
    }

    [Fact]
    public void The_same_range_refused_and_mapped_has_no_cause() =>
        Assert.Contains(
            "the platform has these addresses",
            Assert.Single(ScenarioText.ExplainRefusals(Importer.Read("log", [
                "vfio_dma_map(0x1, 0x40000000, 0x1000, 0x7f0000000000) = -22",
                "region_add [ram] 0x40000000 - 0x40000fff [0x7f0000000000]",
            ]))),
            StringComparison.Ordinal);

    [Fact]
    public void Three_container_pointers_are_three_containers()
    {
        ImportedTrace trace = Importer.Read("log", [
            .. new[] { "0xa0", "0xb0", "0xc0" }.Select(pointer => $"vfio_dma_map({pointer}, 0x380000000000, 0x1000, 0x7f0000000000) = -22"),
        ]);

        Assert.Equal(3, trace.Containers);
        Assert.Equal("EINVAL,EINVAL,EINVAL", AnswersOf(trace, patches: null));
    }

    [Fact]
    public void An_event_that_two_units_logged_is_one_event()
    {
        const string Event = "kvm: vfio_dma_map(0x1, 0x380000000000, 0x1000, 0x7f0000000000) = -22 (Invalid argument)";
        string[] lines = [$"Jun 04 07:25:13 pve QEMU[12]: {Event}", $"Jun 04 07:25:13 pve pvedaemon[7]: {Event}", $"Jun 04 07:25:14 pve QEMU[12]: {Event}"];

        Assert.Equal(2, Importer.Read("log", lines).Steps.Count);
    }

    [Fact]
    public void A_mapping_that_three_layers_of_QEMU_trace_is_one_mapping()
    {
        ImportedTrace trace = Importer.Read("log", [
            "virtio_iommu_map domain=1 virt_start=0xffffe000 virt_end=0xffffefff phys_start=0x40000000 flags=3",
            "virtio_iommu_notify_map mr=virtio-iommu-0 virt_start=0xffffe000 virt_end=0xffffefff phys=0x40000000 flags=3",
            "vfio_iommu_map_notify iommu MAP @ 0xffffe000 - 0xffffefff",
            "smmuv3_translate_success smmuv3-iommu-memory-region-0-0 sid=0x8 iova=0xffffe000 translated=0x40000000 perm=0x3",
            "smmuv3_record_event F_TRANSLATION sid=0x8",
        ]);

        Assert.Equal("vfio_iommu_map_notify", Assert.Single(trace.Steps).Words);
        Assert.Contains(trace.Remarks, remark => remark.Contains("F_TRANSLATION of stream 0x8", StringComparison.Ordinal));
        Assert.Equal(0, trace.NotUnderstood);
    }

    [Fact]
    public void A_map_broken_anywhere_by_a_mailer_is_one_map()
    {
        const string Whole = "vfio_dma_map(0x56443d20fbe0, 0xffffe000, 0x1000, 0x7fb545709000) = -17 (File exists)";
        for (int at = Whole.IndexOf('(', StringComparison.Ordinal); at < Whole.IndexOf("-17", StringComparison.Ordinal) + 2; at++)
        {
            ImportedStep step = Assert.Single(Importer.Read("log", [$"> error: {Whole[..at]}".TrimEnd(), $"> {Whole[at..].TrimStart()}"]).Steps);
            Assert.Equal((0xffffe000ul, 0x1000ul, Errno.EEXIST), (step.Iova, step.Size, step.Error));
        }
    }

    [Fact]
    public void Lines_that_are_not_understood_are_counted() =>
        Assert.Equal(2, Importer.Read("log", ["hello", "", "region_add [ram] 0x0 - 0xfff [0x1000]", "there"]).NotUnderstood);

    private static ImportedTrace Read(string file) =>
        Importer.Read(file, PlainText.LinesOf(File.ReadAllBytes(Path.Combine(Repository.Root, "tests/data/field-reports", file))));

    // What maps, unmaps, and refusals of the set-up answered; with the kernel of the scenario every expectation is met.
    private static string AnswersOf(ImportedTrace trace, PatchSet? patches)
    {
        Scenario scenario = ScenarioFile.Parse("log", ScenarioText.Of("imported", "log", trace));
        RunResult result = ScenarioRun.Execute(new RunRequest(scenario, patches, new Dictionary<string, string>(), Seed: 0, Trace: null));
        Assert.Empty(result.Violations);
        if (patches is null)
        {
            Assert.All(result.Operations, operation => Assert.True(operation.Matched, $"{operation.Text}: {operation.Result}, expected {operation.Expected}"));
        }

        return string.Join(',', result.Operations
            .Where(operation => operation.Op is "map_dma" or "unmap_dma" || (operation is { Op: "open_group" or "set_iommu", Expected: not (null or "0") }))
            .Select(operation => operation.Result.Split(' ')[0]));
    }
}
