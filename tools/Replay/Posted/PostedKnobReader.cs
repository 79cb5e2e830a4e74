using Iopf.Kernel;

namespace Iopf.Replay.Posted;

/// <summary>Reads the knobs of a <c>config</c> line.</summary>
internal static class PostedKnobReader
{
    /// <summary>Sets what the line names; the rest stays.</summary>
    /// <param name="inputs">The line.</param>
    /// <param name="machine">The machine whose knobs they are.</param>
    public static void Read(RecordingFields inputs, PostedMachine machine)
    {
        RecordedKnobs knobs = machine.Knobs;
        if (inputs.Has("alloc_run"))
        {
            knobs.AllocationRun = inputs.Number("alloc_run");
            machine.Memory.RestartRun();
        }

        if (inputs.Has("fail_alloc"))
        {
            knobs.FailingFunction = inputs.Text("fail_alloc");
            knobs.FailingAllocation = inputs.Number("nth");
        }

        if (inputs.Has("feat_fail"))
        {
            ulong errno = inputs.Number("errno", 4095);
            knobs.FailingFeature = inputs.Text("feat_fail");
            knobs.FeatureError = (Errno)errno;
        }

        if (inputs.Has("wait_iova"))
        {
            knobs.Remap = (inputs.Number("wait_iova"), inputs.Number("wait_size"), inputs.Number("wait_vaddr"));
        }

        if (inputs.Has("transfer_ret"))
        {
            knobs.TransferResult = (Errno)(-inputs.Signed("transfer_ret"));
        }

        knobs.BlockPages = Number("nosplit", knobs.BlockPages);
        knobs.FailingPage = Number("fail_map_page", knobs.FailingPage);
        knobs.FailingDomain = (int)Number("fail_map_dom", (ulong)knobs.FailingDomain);
        knobs.IsReenablingFine = Truth("feat_reenable_ok", knobs.IsReenablingFine);
        knobs.HidesNesting = Truth("nesting_attr_fail", knobs.HidesNesting);
        knobs.FailsNotifier = Truth("mmu_notifier_register_fail", knobs.FailsNotifier);
        knobs.HasNoMemory = Truth("no_mm", knobs.HasNoMemory);
        knobs.CanRespond = Truth("page_response_op", knobs.CanRespond);
        knobs.IsTransferMissing = Truth("transfer_missing", knobs.IsTransferMissing);
        knobs.IgnoresUnmap = inputs.Has("vendor") ? inputs.Text("vendor", "unpin", "ignore") == "ignore" : knobs.IgnoresUnmap;
        knobs.Wait = inputs.Has("wait") ? inputs.Text("wait", "hang", "signal", "close", "remap") : knobs.Wait;
        knobs.Reserved = (Number("resv_start", knobs.Reserved.Start), Number("resv_len", knobs.Reserved.Length));

        ulong Number(string name, ulong before) => inputs.Has(name) ? inputs.Number(name) : before;

        bool Truth(string name, bool before) => inputs.Has(name) ? inputs.Number(name) != 0 : before;
    }
}
