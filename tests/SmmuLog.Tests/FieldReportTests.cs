using Iopf.TestKit;

namespace Iopf.SmmuLog.Tests;

/// <summary>What each report of the field must give, as it was posted.</summary>
public sealed class FieldReportTests
{
    private const string Write = "unpriv data write s1 InputAddress no-stall words=4";
    private const string Whole = "2-level stream table|2-level CD table|little-endian tables|big-endian tables|PRI|ATS|SEV|MSI|coherent walks|stage 1|stage 2|stalls|hypervisor";
    private const string ThunderX2 = "features=0x0000170d feature_names=2-level stream table|little-endian tables|big-endian tables|coherent walks|stage 1|stage 2|hypervisor";

    public static TheoryData<string, string[]> Reports => new()
    {
        { "01-ampere-altra-probe-oom.log", [
            .. Enumerable.Range(8, 3).SelectMany(smmu => new[]
            {
                $"{(5 * (smmu - 8)) + 1} arm-smmu-v3.{smmu}.auto probe mask=0x0 option_names=",
                $"{(5 * (smmu - 8)) + 2} arm-smmu-v3.{smmu}.auto probe ias=48 oas=48 features=0x00001fff feature_names={Whole}",
                $"{(5 * (smmu - 8)) + 3} arm-smmu-v3.{smmu}.auto probe queue=cmdq entries=262144",
                $"{(5 * (smmu - 8)) + 4} arm-smmu-v3.{smmu}.auto probe queue=evtq entries=131072",
                $"{(5 * (smmu - 8)) + 5} arm-smmu-v3.{smmu}.auto probe queue=priq entries=262144",
            }),
            "16 arm-smmu-v3.11.auto probe mask=0x0 option_names=",
            $"17 arm-smmu-v3.11.auto probe ias=48 oas=48 features=0x00001fff feature_names={Whole}"] },
        { "02-thunderx2-threadids-wrapped.log", [
            "2 arm-smmu-v3.2.auto probe mask=0x2 option_names=PAGE0_REGS_ONLY",
            $"3 arm-smmu-v3.2.auto probe ias=44 oas=44 {ThunderX2}",
            "5 arm-smmu-v3.2.auto probe queue=cmdq entries=524288",
            "7 arm-smmu-v3.3.auto probe mask=0x2 option_names=PAGE0_REGS_ONLY",
            $"9 arm-smmu-v3.3.auto probe ias=44 oas=44 {ThunderX2}",
            "11 arm-smmu-v3.3.auto probe queue=cmdq entries=524288",
            "13 arm-smmu-v3.3.auto probe queue=evtq entries=524288"] },
        { "04-pkvm-nesting-driver-probe.log", [
            "1 protected_kvm.smmu_v3_emu.0 probe device=9050000.smmuv3",
            "2 9050000.smmuv3 probe ias=44 oas=44 features=0x01008305 feature_names=2-level stream table|little-endian tables|coherent walks|stage 1|range invalidation|BBML2",
            "5 [1] iommu_pool pages=0x609 parameter=kvm-arm.hyp_iommu_pages"] },
        { "06-gem5-tt-endianness.log", ["1 2b400000.smmuv3 probe"] },
        { "08-hisi-zip-outlook-reflow.log", ["3 arm-smmu-v3.2.auto F_TRANSLATION sid=0x3102 iova=0x0 unpriv data read s1 InputAddress stall stag=0x7f words=4"] },
        { "09-pixel4-qsmmuv500-negative.log", [
            .. Enumerable.Range(1, 8).Select(line => $"{line} foreign SMMUv2"), "9 foreign qsmmuv500-tbu", "10 foreign qsmmuv500-tbu"] },
        { "made-class-and-ttrnw.log", [
            "1 b010000.iommu F_TRANSLATION sid=0x3100 iova=0x80001000 ipa=0xbf000000 unpriv data read s2 TranslationTable no-stall words=4",
            "8 b010000.iommu F_TRANSLATION sid=0x3100 iova=0x80001000 ipa=0xbf000000 unpriv data write s2 ContextDescriptor no-stall words=4"] },
        { "made-option-masks.log", [
            "1 arm-smmu-v3.0.auto probe mask=0x2 option_names=PAGE0_REGS_ONLY",
            "2 arm-smmu-v3.0.auto probe mask=0x10 option_names=TEGRA241_CMDQV",
            $"3 arm-smmu-v3.0.auto probe ias=44 oas=44 {ThunderX2}",
            "4 arm-smmu-v3.0.auto probe queue=cmdq entries=524288"] },
        { "made-storm-50-equal.log", [.. Enumerable.Range(0, 50).Select(record => $"{(5 * record) + 1} arm-smmu-v3.0.auto F_TRANSL_FORBIDDEN sid=0x100 iova=0x0 write words=4")] },
        { "made-transport-journal.jsonl", [$"1 arm-smmu-v3.5.auto F_TRANSLATION sid=0x20600 iova=0xff9bc000 {Write}"] },
        { "made-words-without-header.log", [
            $"1 fc900000.iommu F_TRANSLATION sid=0x2100 iova=0xa50e0800 {Write}",
            $"5 fc900000.iommu F_TRANSLATION sid=0x2100 iova=0xa50e1800 {Write}"] },
    };

    [Theory]
    [MemberData(nameof(Reports))]
    public void A_report_gives_what_it_must(string file, string[] expected) =>
        Assert.All([int.MaxValue, 1, 100], block => Assert.Equal(expected, Decoded.Bytes(BytesOf(file), block).Findings()));

    [Fact]
    public void Every_message_of_the_driver_has_a_meaning_and_a_fatal_one_says_what_stops()
    {
        Decoded found = Decoded.Bytes(BytesOf("made-driver-messages.log"));

        Assert.Equal(45, found.Errors.Count + found.Summary.Context.Count);
        Assert.DoesNotContain(found.Errors, error => error.Kind == "driver_message");
        Assert.Equal(15, found.Errors.Count(error => error.Stops.StartsWith("the driver gives up", StringComparison.Ordinal)));
        Assert.All(found.Errors.Where(error => error.Stops.Length > 0), error => Assert.NotEqual("", error.LookAt));
    }

    [Fact]
    public void The_queues_of_each_SMMU_are_added_up() =>
        Assert.Equal(
            [12582912m, 12582912m, 12582912m],
            Decoded.Bytes(BytesOf("01-ampere-altra-probe-oom.log")).Summary.Queues.Select(smmu => smmu.Value.Values.Sum()));

    [Fact]
    public void What_an_SMMU_cannot_do_is_said_with_what_follows()
    {
        Assert.Contains("stage 2 missing", Decoded.Bytes(BytesOf("04-pkvm-nesting-driver-probe.log")).Errors[1].Explanation, StringComparison.Ordinal);
        Assert.Contains("no stalls: IOPF by stall is impossible here", Decoded.Bytes(BytesOf("made-option-masks.log")).Errors[2].Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_on_a_table_or_a_CD_names_the_mapping_that_stage_2_lacks()
    {
        Decoded found = Decoded.Bytes(BytesOf("made-class-and-ttrnw.log"));

        Assert.StartsWith("Stage 2 does not map the stage-1 table at IPA 0xbf000000", found.Records[0].Cause, StringComparison.Ordinal);
        Assert.StartsWith("Stage 2 does not map the context descriptor (CD) at IPA 0xbf000000", found.Records[1].Cause, StringComparison.Ordinal);
        Assert.Equal((true, (bool?)null), (found.Records[0].Facts.IsTableRead, found.Records[1].Facts.IsTableRead));
    }

    [Theory]
    [InlineData("ttd_read", "ttd_write", "access: the words say ttd_read, the decoded line says ttd_write")]
    [InlineData("Stage 1 translation table fetch", "CD fetch", "class: the words say \"Stage 1 translation table fetch\", the decoded line says \"CD fetch\"")]
    public void Class_and_TTRnW_are_compared_with_the_decoded_line(string there, string instead, string complaint)
    {
        string log = File.ReadAllText(Path.Combine(Folder, "made-class-and-ttrnw.log")).Replace(there, instead, StringComparison.Ordinal);

        Assert.Contains(complaint, Decoded.Text(log).Records[0].Disagreements);
    }

    [Fact]
    public void The_transport_is_told_and_its_times_are_kept()
    {
        Decoded found = Decoded.Bytes(BytesOf("made-transport-journal.jsonl"));

        Assert.Equal([new KeyValuePair<string, long>("JSON", 7)], found.Summary.Transports);
        Assert.Equal("1763612144.000000", found.Records[0].Place.Time);
    }

    private static string Folder => Path.Combine(Repository.Root, "tests/data/field-reports");

    private static byte[] BytesOf(string file) => File.ReadAllBytes(Path.Combine(Folder, file));
}
