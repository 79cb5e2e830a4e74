using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;

namespace Iopf.Scenarios.Steps;

/// <summary>What a device does, and the host's drivers with shared address spaces.</summary>
/// <param name="host">The host.</param>
internal sealed class DmaSteps(ModeledHost host) : StepFamily
{
    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, StepAction>> Operations =>
    [
        Operation("dma", Dma),
        Operation("dma_result", Look),
        Operation("report", Report),
        Operation("add_device", step => host.Plug(step.Word("device"), isPresent: true)),
        Operation("remove_device", step => host.Plug(step.Word("device"), isPresent: false)),
        Operation("unbind_device", Unbind),
        Operation("sva_enable", step => EnableSva(DeviceOf(step).Device)),
        Operation("sva_disable", step => DisableSva(DeviceOf(step).Device)),
        Operation("sva_bind", Bind),
        Operation("sva_unbind", step => MmOf(step) is AddressSpace mm ? host.SvaBonds.Unbind(DeviceOf(step).Device, mm) : Errno.ESRCH),
    ];

    private static string ResultOf(DmaState state) => state switch
    {
        DmaState.Completed => "0",
        DmaState.Aborted => "aborted",
        DmaState.Stalled => "stalled",
        _ => "raz_wi",
    };

    private HostDevice DeviceOf(ScenarioStep step) => host.Devices[step.Word("device")];

    private AddressSpace? MmOf(ScenarioStep step) => host.Processes[step.Word("process")].Mm;

    private StepOutcome Dma(ScenarioStep step)
    {
        byte[] data = DataOf(step);
        bool write = step.Word("dir", "read") == "write";
        DmaAccess access = new(
            write,
            step.Has("substream") ? (uint)step.Number("substream") : null,
            step.Flag("privileged"),
            step.Flag("instruction"));
        DeviceEngine engine = DeviceOf(step).Engine!;
        EventTap events = host.EventsOf(engine.Name);
        ulong position = events.Position();
        long faults = host.Kernel.Tally.FaultsReported;
        Iova iova = new(step.Number("iova"));
        DmaState state = write ? engine.Write(iova, data, access) : engine.Read(iova, data, access);
        StepOutcome outcome = StepOutcome.Of(ResultOf(state)).With("faults", host.Kernel.Tally.FaultsReported - faults);
        outcome = state == DmaState.Completed ? outcome.With("bytes", data.Length) : outcome;
        outcome = state == DmaState.Completed && !write ? outcome.WithData("data", data) : outcome;
        return WithEvent(outcome, events.RecordAt(position));
    }

    private StepOutcome Look(ScenarioStep step)
    {
        DeviceEngine engine = DeviceOf(step).Engine!;
        EventTap events = host.EventsOf(engine.Name);
        ulong position = events.Position();
        long faults = host.Kernel.Tally.FaultsReported;
        if (!engine.TryContinue(out ReadOnlyMemory<byte> data, out DmaState state))
        {
            return Errno.ENOENT;
        }

        StepOutcome outcome = StepOutcome.Of(ResultOf(state)).With("faults", host.Kernel.Tally.FaultsReported - faults);
        outcome = state == DmaState.Completed ? outcome.With("bytes", data.Length).WithData("data", data.Span) : outcome;
        return WithEvent(outcome, events.RecordAt(position));
    }

    private static StepOutcome WithEvent(StepOutcome outcome, EventRecord? record) => record is not EventRecord words
        ? outcome
        : outcome
            .With("event", $"{words.Type}")
            .With("words", $"0x{words.Word0:x16} 0x{words.Word1:x16} 0x{words.Word2:x16} 0x{words.Word3:x16}");

    private static Errno EnableSva(Device device)
    {
        if (device.Iommu?.Driver is not IIommuDriver driver)
        {
            return Errno.ENODEV;
        }

        Errno error = driver.EnableFeature(device, IommuFeature.Iopf);
        if (error != Errno.None)
        {
            return error;
        }

        error = driver.EnableFeature(device, IommuFeature.Sva);
        if (error != Errno.None)
        {
            driver.DisableFeature(device, IommuFeature.Iopf);
        }

        return error;
    }

    private static Errno DisableSva(Device device)
    {
        if (device.Iommu?.Driver is not IIommuDriver driver)
        {
            return Errno.ENODEV;
        }

        Errno error = driver.DisableFeature(device, IommuFeature.Sva);
        return error == Errno.None ? driver.DisableFeature(device, IommuFeature.Iopf) : error;
    }

    private StepOutcome Bind(ScenarioStep step)
    {
        if (MmOf(step) is not AddressSpace mm)
        {
            return Errno.ESRCH;
        }

        Result<uint> pasid = host.SvaBonds.Bind(DeviceOf(step).Device, mm);
        StepOutcome outcome = pasid.Error;
        return pasid.IsSuccess ? outcome.With("pasid", pasid.Value) : outcome;
    }

    private StepOutcome Report(ScenarioStep step)
    {
        Device device = host.Devices[step.Word("device")].Device;
        Tally tally = host.Kernel.Tally;
        (long success, long invalid, long failure) = (tally.ResponsesSuccess, tally.ResponsesInvalid, tally.ResponsesFailure);
        Errno error = host.FaultReporter.Report(device, FaultOf(step));
        host.Kernel.Scheduler.RunReady();
        return StepOutcome.Of(error == Errno.None ? "0" : error.ToCName())
            .With("pending", device.Iommu?.PendingFaultCount ?? 0)
            .With("success", tally.ResponsesSuccess - success)
            .With("invalid", tally.ResponsesInvalid - invalid)
            .With("failure", tally.ResponsesFailure - failure);
    }

    private static IommuFault FaultOf(ScenarioStep step)
    {
        FaultType type = step.Word("type", "page_request") switch
        {
            "unrecoverable" => FaultType.Unrecoverable,
            "other" => FaultType.Other,
            _ => FaultType.PageRequest,
        };
        bool isRequest = type == FaultType.PageRequest;
        return new IommuFault(
            type,
            step.Number("stage", 1) == 2 ? FaultStage.Stage2 : FaultStage.Stage1,
            FaultReason.Unknown,
            new Iova(step.Number("iova")),
            step.Word("dir") == "write" ? FaultPermissions.Write : FaultPermissions.Read,
            (uint)step.Number("grpid"),
            step.Has("pasid") ? (uint)step.Number("pasid") : null,
            IsLastOfGroup: isRequest && step.Number("last", 1) == 1,
            ResponseNeedsPasid: step.Flag("needs_pasid"));
    }

    private StepOutcome Unbind(ScenarioStep step)
    {
        host.Devices[step.Word("device")].Device.DriverData = null;
        return Errno.None;
    }
}
