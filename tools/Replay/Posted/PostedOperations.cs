using System.Text.Json.Nodes;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Vfio;

namespace Iopf.Replay.Posted;

/// <summary>Performs recorded operations on the machine.</summary>
internal sealed class PostedOperations
{
    private static readonly HashSet<string> NeedsContainer =
    [
        "attach_group", "detach_group", "enable_iopf", "close", "release", "map_dma", "unmap_dma", "pin_pages", "unpin_pages",
        "register_notifier", "unregister_notifier", "register_nested", "unregister_nested",
    ];

    private readonly PostedMachine _machine;
    private readonly PostedMemoryOperations _memory;
    private RecordedProcess _caller;

    public PostedOperations(PostedMachine machine)
    {
        _machine = machine;
        _memory = new PostedMemoryOperations(machine.Memory);
        _caller = machine.Processes[0];
        ((InlineScheduler)machine.Kernel.Scheduler).NothingRunnable = EndWait;
    }

    private RecordedKnobs Knobs => _machine.Knobs;

    private IVfioIommu Backend => _machine.Backend!;

    /// <summary>Performs one operation.</summary>
    /// <param name="op">Its name.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="answer">Receives what it returns.</param>
    public void Perform(string op, RecordingFields inputs, JsonObject answer)
    {
        if (_machine.Backend is null && NeedsContainer.Contains(op))
        {
            throw inputs.Complaint("op", $"expected set_iommu before \"{op}\"");
        }

        if (!Surround(op, inputs) && !Call(op, inputs, answer) && !Report(op, inputs, answer))
        {
            throw inputs.Complaint("op", $"expected an operation of {PostedReplay.Format}, found \"{op}\"");
        }
    }

    /// <summary>What happens around the driver.</summary>
    private bool Surround(string op, RecordingFields inputs)
    {
        switch (op)
        {
            case "config":
                Configure(inputs);
                break;
            case "group":
                _machine.AddGroup((int)inputs.Number("id", 1 << 20), (int)inputs.Number("devs", 15), inputs.Text("bus", "A", "B", "mdev"));
                break;
            case "mmap" or "touch" or "gupfail" or "fork" or "invalidate" or "exit_mm":
                _memory.Perform(op, inputs, _caller.Space);
                break;
            default:
                return false;
        }

        return true;
    }

    /// <summary>What user space, vendor drivers and bus drivers ask of the driver.</summary>
    private bool Call(string op, RecordingFields inputs, JsonObject answer)
    {
        switch (op)
        {
            case "set_iommu":
                answer["ret"] = RecordedText.Of(_machine.Open(TypeOf(inputs.Text("type", "v1", "v2", "nesting"))));
                break;
            case "attach_group":
                IommuGroup joining = GroupIn(inputs);
                _machine.Reserve(joining);
                answer["ret"] = RecordedText.Of(Backend.AttachGroup(joining, _caller));
                break;
            case "detach_group":
                Backend.DetachGroup(GroupIn(inputs));
                break;
            case "enable_iopf":
                answer["ret"] = RecordedText.Of(Backend.Ioctl(_caller, VfioIoctl.IommuEnableIopf, default).Error);
                break;
            case "close":
                Backend.NotifyContainerClosed();
                break;
            case "release":
                Backend.Release();
                answer["live_objects"] = _machine.LiveObjects;
                break;
            case "map_dma":
                answer["ret"] = RecordedText.Of(Map(inputs));
                break;
            case "unmap_dma":
                Unmap(inputs, answer);
                break;
            case "pin_pages":
                Pin(inputs, answer);
                break;
            case "unpin_pages":
                Unpin(inputs, answer);
                break;
            case "register_notifier":
                answer["ret"] = RecordedText.Of(Backend.RegisterNotifier(_machine.Vendor, VfioNotifierEvents.DmaUnmap));
                break;
            case "unregister_notifier":
                answer["ret"] = RecordedText.Of(Backend.UnregisterNotifier(_machine.Vendor));
                break;
            case "register_nested":
                answer["ret"] = RecordedText.Of(Backend.RegisterNestedHandler(DeviceIn(inputs)));
                break;
            case "unregister_nested":
                answer["ret"] = RecordedText.Of(Backend.UnregisterNestedHandler(DeviceIn(inputs)));
                break;
            default:
                return false;
        }

        return true;
    }

    /// <summary>What the IOMMU reports, and what the guest answers.</summary>
    private bool Report(string op, RecordingFields inputs, JsonObject answer)
    {
        switch (op)
        {
            case "fault":
                answer["ret"] = RecordedText.Of(_machine.Reporter.Report(DeviceIn(inputs), FaultIn(inputs)));
                answer["resp"] = _machine.Calls.Response;
                break;
            case "smmu_event":
                EventRecord record = new(inputs.Number("e0"), inputs.Number("e1"), inputs.Number("e2"), inputs.Number("e3"));
                answer["ret"] = RecordedText.Of(_machine.HandleEvent(in record));
                answer["resp"] = _machine.Calls.Response;
                break;
            case "page_response":
                answer["ret"] = RecordedText.Of(Respond(inputs));
                answer["resp"] = _machine.Calls.Response;
                break;
            default:
                return false;
        }

        return true;
    }

    private static uint TypeOf(string type) => type switch
    {
        "v1" => VfioExtension.Type1,
        "nesting" => VfioExtension.Type1Nesting,
        _ => VfioExtension.Type1V2,
    };

    private static IommuProt ProtIn(RecordingFields inputs) => (IommuProt)(int)RecordedText.AccessIn(inputs) & (IommuProt.Read | IommuProt.Write);

    private static ulong[] PagesIn(RecordingFields inputs) =>
        [.. inputs.ListOf("iovas", static (_, entry) => Convert.ToUInt64(entry.GetString()![2..], 16) >> Page.Shift)];

    private Device DeviceIn(RecordingFields inputs)
    {
        string name = inputs.Text("dev");
        return _machine.Device(name) ?? throw inputs.Complaint("dev", $"expected a device that was declared before, found \"{name}\"");
    }

    private IommuGroup GroupIn(RecordingFields inputs)
    {
        ulong id = inputs.Number("group");
        return _machine.Group(id) ?? throw inputs.Complaint("group", $"expected a group that was declared before, found {id}");
    }

    private IommuFault FaultIn(RecordingFields inputs)
    {
        string letters = inputs.Text("perm");
        FaultPermissions permissions = (letters.Contains('R', StringComparison.Ordinal) ? FaultPermissions.Read : FaultPermissions.None)
            | (letters.Contains('W', StringComparison.Ordinal) ? FaultPermissions.Write : FaultPermissions.None)
            | (letters.Contains('X', StringComparison.Ordinal) ? FaultPermissions.Execute : FaultPermissions.None);
        Iova address = new(inputs.Number("addr"));
        FaultStage stage = RecordedText.Number(inputs, "l2", 0) != 0 ? FaultStage.Stage2 : FaultStage.Stage1;
        uint? pasid = inputs.Has("pasid") ? (uint)inputs.Number("pasid") : null;
        if (inputs.Has("type"))
        {
            inputs.Text("type", "unrecov");
            RecordedText.Number(inputs, "grpid", 0);
            return IommuFault.Unrecoverable(stage, FaultReason.PteFetch, address, permissions, pasid);
        }

        return new IommuFault(
            FaultType.PageRequest,
            stage,
            FaultReason.Unknown,
            address,
            permissions,
            (uint)inputs.Number("grpid"),
            pasid,
            IsLastOfGroup: RecordedText.Number(inputs, "last", 1) != 0,
            ResponseNeedsPasid: RecordedText.Number(inputs, "needs_pasid", 0) != 0);
    }

    private void Configure(RecordingFields inputs)
    {
        if (inputs.Has("process"))
        {
            int number = (int)inputs.Number("process", 2);
            while (_machine.Processes.Count < number)
            {
                _machine.AddProcess();
            }

            _caller = _machine.Processes[number - 1];
        }

        if (inputs.Has("memlock"))
        {
            ulong limit = inputs.Number("memlock", ulong.MaxValue >> Page.Shift) << Page.Shift;
            _machine.Processes.ForEach(process => process.MemlockLimitBytes = limit);
        }

        _caller.Space.HasExited = RecordedText.Number(inputs, "mm_exited", _caller.Space.HasExited ? 1UL : 0) != 0;
        _machine.Knobs.PremapLength = Math.Max(1, (int)RecordedText.Number(inputs, "premap_len", (ulong)_machine.Knobs.PremapLength));
        _machine.Type1Options.DisableHugepages = RecordedText.Number(inputs, "disable_hugepages", _machine.Type1Options.DisableHugepages ? 1UL : 0) != 0;
        _machine.Kernel.IsMemoryFragmented = RecordedText.Number(inputs, "kvzalloc_vmalloc", _machine.Kernel.IsMemoryFragmented ? 1UL : 0) != 0;
        PostedKnobReader.Read(inputs, _machine);
    }

    private Errno Map(RecordingFields inputs)
    {
        bool updates = RecordedText.Number(inputs, "update_vaddr", 0) != 0;
        VfioMapDmaBits bits = updates ? VfioMapDmaBits.Vaddr : (VfioMapDmaBits)(int)ProtIn(inputs);
        if (updates && inputs.Has("prot"))
        {
            inputs.Text("prot");
        }

        return Map(bits, inputs.Number("vaddr"), inputs.Number("iova"), inputs.Number("size"));
    }

    private Errno Map(VfioMapDmaBits bits, ulong vaddr, ulong iova, ulong size)
    {
        Span<byte> bytes = stackalloc byte[VfioMapDma.Size];
        new VfioMapDma(VfioMapDma.Size, bits, vaddr, iova, size).Write(bytes);
        return Backend.Ioctl(_caller, VfioIoctl.IommuMapDma, new UserArgument(bytes, [])).Error;
    }

    private void Unmap(RecordingFields inputs, JsonObject answer)
    {
        VfioUnmapDmaBits bits = (RecordedText.Number(inputs, "all", 0) != 0 ? VfioUnmapDmaBits.All : 0)
            | (RecordedText.Number(inputs, "vaddr_only", 0) != 0 ? VfioUnmapDmaBits.Vaddr : 0);
        Span<byte> bytes = stackalloc byte[VfioUnmapDma.Size];
        new VfioUnmapDma(VfioUnmapDma.Size, bits, inputs.Number("iova"), inputs.Number("size")).Write(bytes);
        Errno error = Backend.Ioctl(_caller, VfioIoctl.IommuUnmapDma, new UserArgument(bytes, [])).Error;
        answer["ret"] = RecordedText.Of(error);
        if (error == Errno.None && VfioUnmapDma.TryRead(bytes, out VfioUnmapDma done))
        {
            answer["unmapped"] = $"0x{done.Length:x}";
        }
    }

    private void Pin(RecordingFields inputs, JsonObject answer)
    {
        IommuGroup group = GroupIn(inputs);
        ulong[] pages = PagesIn(inputs);
        ulong[] frames = new ulong[pages.Length];
        Result<int> pinned = Backend.PinPages(group, pages, ProtIn(inputs), frames);
        if (pinned.IsSuccess)
        {
            _machine.Vendor.Pinned(group, pages);
        }

        answer["ret"] = pinned.IsSuccess ? pinned.Value : RecordedText.Of(pinned.Error);
        answer["pfns"] = new JsonArray([.. frames.Select(frame => (JsonNode)frame)]);
    }

    private void Unpin(RecordingFields inputs, JsonObject answer)
    {
        IommuGroup group = GroupIn(inputs);
        ulong[] pages = PagesIn(inputs);

        // The VFIO core never lets a count of zero through; asked all the same, the posted function returns a variable it never set.
        if (pages.Length == 0)
        {
            answer["ret"] = "uninitialised";
            return;
        }

        Result<int> unpinned = Backend.UnpinPages(group, pages);
        if (unpinned.IsSuccess)
        {
            _machine.Vendor.Unpinned(group, pages.AsSpan(0, unpinned.Value));
        }

        answer["ret"] = unpinned.IsSuccess ? unpinned.Value : RecordedText.Of(unpinned.Error);
    }

    private Errno Respond(RecordingFields inputs)
    {
        PageResponseCode code = Enum.Parse<PageResponseCode>(inputs.Text("code", "SUCCESS", "INVALID", "FAILURE"), ignoreCase: true);
        uint? pasid = inputs.Has("pasid") ? (uint)inputs.Number("pasid") : null;
        _machine.Responder.IsGuest = true;
        Errno error = _machine.Responder.Respond(DeviceIn(inputs), new PageResponse((uint)inputs.Number("grpid"), pasid, code));
        _machine.Responder.IsGuest = false;
        return error;
    }

    private bool EndWait(KernelThread waiter, WaitQueue queue)
    {
        if (Knobs.Wait != "hang")
        {
            _machine.Calls.Add("wait", Knobs.Wait);
        }

        switch (Knobs.Wait)
        {
            case "signal":
                waiter.HasFatalSignal = true;
                return true;
            case "close":
                Backend.NotifyContainerClosed();
                return true;
            case "remap":
                return Map(VfioMapDmaBits.Vaddr, Knobs.Remap.Vaddr, Knobs.Remap.Iova, Knobs.Remap.Size) == Errno.None;
            default:
                return false;
        }
    }
}
