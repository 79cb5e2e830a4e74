using System.Text;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Patches;

namespace Iopf.SmmuLog.Tests;

public sealed class KernelViewTests
{
    [Fact]
    public void A_stalled_read_is_a_page_request_of_its_stall_tag_and_is_aborted_when_nobody_serves_it()
    {
        KernelView view = ViewOf(0x0000_0001_0000_2810, 0x0000_0208_8000_0b17, 0x9_f44a_0300, 0, PatchSet.All);

        Assert.Equal(IommuFault.PageRequest(FaultStage.Stage1, new Iova(0x9_f44a_0300), FaultPermissions.Read, 0xb17, pasid: 2), view.Fault);
        Assert.Equal((Errno.EINVAL, true), (view.Error, view.AnswersWithAbort));
        Assert.Equal("the device's I/O page fault handler", view.ReportedTo);
    }

    [Fact]
    public void A_terminated_write_is_an_unrecoverable_fault_and_needs_no_answer()
    {
        KernelView view = ViewOf(0x10, 0x0000_0200_0000_0000, 0x1000, 0, PatchSet.None);

        Assert.Equal(IommuFault.Unrecoverable(FaultStage.Stage1, FaultReason.PteFetch, new Iova(0x1000), FaultPermissions.Write), view.Fault);
        Assert.Equal((Errno.EINVAL, false), (view.Error, view.AnswersWithAbort));
    }

    [Fact]
    public void Without_patch_1_a_stage_2_event_is_refused_and_its_stall_stays()
    {
        KernelView view = ViewOf(0x10, 0x0000_0288_8000_0001, 0x1000, 0x8000_1000, PatchSet.None);

        Assert.Equal((null, Errno.EFAULT, false, "nobody"), (view.Fault, view.Error, view.AnswersWithAbort, view.ReportedTo));
        Assert.Contains("stays stalled", view.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void With_patch_1_a_stage_2_event_is_reported_at_its_IPA_to_whoever_asked_for_that_level()
    {
        KernelView view = ViewOf(0x10, 0x0000_0288_8000_0001, 0x1000, 0x8000_1000, PatchSet.Of(1));

        Assert.Equal((FaultStage.Stage2, new Iova(0x8000_1000)), (view.Fault!.Value.Stage, view.Fault.Value.Address));
        Assert.Equal(FaultReportCapabilities.Flat | FaultReportCapabilities.NestedLevel2, view.AdmittedBy);
        Assert.True(view.AnswersWithAbort);
    }

    [Fact]
    public void What_is_no_translation_fault_is_reported_to_nobody()
    {
        KernelView view = ViewOf(0x02, 0, 0, 0, PatchSet.All);

        Assert.Equal((null, Errno.EOPNOTSUPP, false), (view.Fault, view.Error, view.AnswersWithAbort));
    }

    private static KernelView ViewOf(ulong word0, ulong word1, ulong word2, ulong word3, PatchSet patches)
    {
        string[] lines = [$"event 0x{(byte)word0:x2} received:", .. new[] { word0, word1, word2, word3 }.Select(word => $"0x{word:x16}")];
        string log = string.Concat(lines.Select(line => $"arm-smmu-v3 smmu0: {line}\n"));
        return Assert.Single(Decoded.Bytes(Encoding.UTF8.GetBytes(log), patches: patches).Records).View!;
    }
}
