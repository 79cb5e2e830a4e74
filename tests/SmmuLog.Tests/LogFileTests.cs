using Iopf.TestKit;

namespace Iopf.SmmuLog.Tests;

/// <summary>What each real log must give, written by hand from the words and from where the logs come from.</summary>
public sealed class LogFileTests
{
    private const string Write = "unpriv data write s1 InputAddress no-stall words=4";
    private const string Read = "unpriv data read s1 InputAddress no-stall words=4";

    public static TheoryData<string, string[]> Logs => new()
    {
        { "cmdq-atc-inv-timeout.log", [
            "1  gerror gerror=0x00000001 bits=CMDQ_ERR",
            "2  cmdq_error cons=0x0302bb84 error=0x3 error_name=CERROR_ATC_INV_SYNC read_index=0x2bb84",
            "3  gerror gerror=0x00000001 bits=CMDQ_ERR",
            "4  cmdq_error cons=0x0302bb88 error=0x3 error_name=CERROR_ATC_INV_SYNC read_index=0x2bb88",
            "5  gerror gerror=0x00000001 bits=CMDQ_ERR",
            "6  cmdq_error cons=0x0302bb8c error=0x3 error_name=CERROR_ATC_INV_SYNC read_index=0x2bb8c"] },
        { "cmdq-illegal-command-injected.log", [
            "3  gerror gerror=0x00000001 bits=CMDQ_ERR",
            "5  cmdq_error cons=0x01000022 error=0x1 error_name=CERROR_ILL read_index=0x22",
            "6  skipped_command words=0x0000000000000000|0x0000000000000000 complete=True opcode=0x0 command="] },
        { "cmdq-sync-timeout-agilex.log", [
            "1 16000000.iommu cmd_sync_timeout at=0x152ff hwprod=0x15300 hwprod_slot=0x5300 hwcons=0x14ec2 hwcons_slot=0x4ec2 outstanding=1086 queue_size="] },
        { "cmdq-sync-timeout.log", [
            "2 arm-smmu-v3.0.auto cmd_sync_timeout at=0x146 hwprod=0x146 hwprod_slot=0x146 hwcons=0x0 hwcons_slot=0x0 outstanding=326 queue_size="] },
        { "decoded-imx95-r8169-priv-read.log", [
            "1 490d0000.iommu F_TRANSLATION sid=0x11 iova=0x9b0cc000 priv data read s1 InputAddress no-stall words=4"] },
        { "decoded-kunpeng-megaraid-half-records.log", [
            "1 arm-smmu-v3.4.auto F_TRANSLATION sid=0x8700 iova=0x272f7900 unpriv data write s1 InputAddress no-stall words=0",
            $"3 arm-smmu-v3.4.auto F_TRANSLATION sid=0x8700 iova=0x272f7800 {Write}"] },
        { "decoded-only-rk3588-ep-bad-streamid.log", ["1 fc900000.iommu C_BAD_STREAMID sid=0x1600 words=0"] },
        { "decoded-only-truncated-rocm.log", [
            "1  incomplete  unpriv data write s1 InputAddress words=0: the second decoded line only, without the event it belongs to"] },
        { "decoded-qemu-virt-bad-streamid.log", ["1 arm-smmu-v3.0.auto C_BAD_STREAMID sid=0x900 words=4"] },
        { "decoded-rk3588-nvmet-write.log", [$"1 fc900000.iommu F_TRANSLATION sid=0x100 iova=0x90000f040 {Write}"] },
        { "decoded-rk3588-r8125-iova0.log", [
            $"1 fc900000.iommu F_TRANSLATION sid=0x2100 iova=0x0 {Write}",
            $"8 fc900000.iommu F_TRANSLATION sid=0x2100 iova=0x0 {Write}",
            "15 fc900000.iommu incomplete F_TRANSLATION sid=0x2100 unpriv data write s1 InputAddress no-stall words=2: 2 of 4 words: the log ends"] },
        { "negative-not-a-linux-record.log", ["1 2b400000.iommu incomplete F_TRANSLATION  words=0: no word follows the header: the log ends"] },
        { "negative-smmuv2-context-faults.log", ["2 foreign SMMUv2", "3 foreign SMMUv2", "5 foreign SMMUv2 (Xen)", "6 foreign SMMUv2"] },
        { "qemu-guest-errors.log", [
            "1  qemu_guest_error region=smmuv3-iommu-memory-region-0-0 iova=0x0 name=F_TRANSLATION type=0x10",
            "2  qemu_guest_error",
            "3  qemu_guest_error region=smmuv3-iommu-memory-region-0-0 iova=0x13a9d2000 name=C_BAD_STE type=0x04",
            "4  qemu_guest_error address=0x13a9d2000",
            "5  qemu_guest_error",
            "6  qemu_guest_error region=smmuv3-iommu-memory-region-0-0 iova=0x13a9d2000 name=C_BAD_STE type=0x04",
            "7  qemu_guest_error address=0x13a9d2000",
            "8  qemu_guest_error"] },
        { "raw-arm-reference-bad-streamid.log", ["1 arm-smmu-v3.5.auto C_BAD_STREAMID sid=0xc900 words=4"] },
        { "raw-driver-article-stall-ssid.log", [
            "1 1000000.smmu F_TRANSLATION sid=0x1 ssid=0x2 iova=0x9f44a0300 unpriv data read s1 InputAddress stall stag=0xb17 words=4",
            "6 1000000.smmu F_TRANSLATION sid=0x1 ssid=0x2 iova=0x9f44a0380 unpriv data read s1 InputAddress stall stag=0xb18 words=4"] },
        { "raw-driver-article-stream-disabled.log", ["1 1000000.smmu F_STREAM_DISABLED sid=0x1 words=4", "6 1000000.smmu F_STREAM_DISABLED sid=0x1 words=4"] },
        { "raw-hns-roce-timestamps.log", ["1 arm-smmu-v3.1.auto F_TRANSLATION sid=0x7d00 iova=0xf47cf000 unpriv data read s1 InputAddress no-stall words=4"] },
        { "raw-hpre-interleaved.log", [
            $"1 arm-smmu-v3.1.auto F_TRANSLATION sid=0x7900 iova=0x0 {Read}",
            $"9 arm-smmu-v3.1.auto F_TRANSLATION sid=0x7900 iova=0xc0 {Read}",
            $"14 arm-smmu-v3.1.auto F_TRANSLATION sid=0x7900 iova=0x40 {Read}",
            $"19 arm-smmu-v3.1.auto F_TRANSLATION sid=0x7900 iova=0x80 {Read}"] },
        { "raw-ixgbe-vf-broken-word.log", [
            "1 arm-smmu-v3.0.auto incomplete F_TRANSLATION iova=0xffffe040 unpriv data write s1 InputAddress no-stall words=4: "
            + "word 0 is damaged: '0x00000180 00000010'"] },
        { "raw-kunpeng-bad-ste-nested.log", ["2 arm-smmu-v3.2.auto C_BAD_STE sid=0x7d11 words=4"] },
        { "raw-kunpeng-stall-hisi-zip.log", [
            "1 arm-smmu-v3.2.auto F_TRANSLATION sid=0x3102 iova=0x0 unpriv data read s1 InputAddress stall stag=0x7f words=4"] },
        { "raw-qemu-virtio-blk-interleaved.log", [
            $"5 9050000.smmuv3 F_TRANSLATION sid=0x200 iova=0x0 {Write}",
            $"15 9050000.smmuv3 F_TRANSLATION sid=0x200 iova=0x0 {Write}"] },
        { "raw-rk3588-bad-streamid-boot.log", [
            "7 fc900000.iommu C_BAD_STREAMID sid=0x100 words=4",
            "3 fc900000.iommu probe ias=48 oas=48 features=0x001c1eaf feature_names=2-level stream table|2-level CD table|little-endian tables|"
            + "big-endian tables|ATS|MSI|stage 1|stage 2|stalls|hypervisor|E2H|nesting|attribute override",
            "4 fc900000.iommu probe queue=cmdq entries=65536",
            "5 fc900000.iommu probe queue=evtq entries=32768",
            "6 fc900000.iommu probe"] },
        { "raw-rk3588-doorbell-sid0.log", [$"1 fc900000.iommu F_TRANSLATION sid=0x0 iova=0xffffff90f040 {Write}"] },
        { "raw-tegra-evtq-overflow.log", [
            $"5 8806000000.iommu F_TRANSLATION sid=0x900 iova=0x7ffd105a00 {Read}",
            "3 8806000000.iommu evtq_overflow",
            "4  prints_suppressed function=arm_smmu_evtq_thread count=25830"] },
        { "negative-dmar.log", [.. Enumerable.Range(1, 8).Select(line => $"{line} foreign VT-d")] },
        { "amdvi-io-page-fault.ftrace", [.. Enumerable.Range(1, 5).Select(line => $"{line} foreign AMD-Vi")] },
    };

    [Theory]
    [MemberData(nameof(Logs))]
    public void A_real_log_gives_what_it_must(string file, string[] expected) => Assert.Equal(expected, Decoded.Bytes(BytesOf(file)).Findings());

    [Theory]
    [MemberData(nameof(Logs))]
    public void It_does_not_matter_how_the_bytes_arrive(string file, string[] expected) =>
        Assert.All([1, 7, 100], block => Assert.Equal(expected, Decoded.Bytes(BytesOf(file), block).Findings()));

    [Fact]
    public void Every_log_is_in_the_table() =>
        Assert.Equal(
            Directory.EnumerateFiles(Folder).Select(path => Path.GetFileName(path)!).Where(name => name != "README.md").Order(),
            Logs.Select(row => (string)((object[])row)[0]).Order());

    [Fact]
    public void Decoded_lines_of_the_real_logs_never_contradict_their_words() =>
        Assert.All(Directory.EnumerateFiles(Folder), path => Assert.Equal(0, Decoded.Bytes(File.ReadAllBytes(path)).Summary.Contradictions));

    private static string Folder => Path.Combine(Repository.Root, "tests/data/smmuv3-events");

    private static byte[] BytesOf(string file) => File.ReadAllBytes(Path.Combine(Folder, file));
}
