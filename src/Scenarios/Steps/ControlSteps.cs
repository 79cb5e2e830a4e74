using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;
using Iopf.VfioType1;

namespace Iopf.Scenarios.Steps;

/// <summary>What concerns the scenario itself.</summary>
/// <param name="host">The host.</param>
internal sealed class ControlSteps(ModeledHost host) : StepFamily
{
    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, StepAction>> Operations =>
    [
        Operation("wait", Wait),
        Operation("inspect", Inspect),
        Operation("inspect_kernel", InspectKernel),
        Operation("fail_allocation", FailAllocation),
        Operation("limit_memory", LimitMemory),
    ];

    private StepOutcome Wait(ScenarioStep step)
    {
        host.Kernel.Clock.Advance((long)step.Number("nanoseconds"));
        host.Kernel.Scheduler.RunReady();
        return Errno.None;
    }

    private StepOutcome InspectKernel(ScenarioStep step)
    {
        StepOutcome outcome = StepOutcome.Of("0")
            .With("iotlb_syncs", host.Kernel.Tally.IotlbSyncs)
            .With("bitmap_bytes", host.Type1.Open.Sum(container => container.BitmapBytes))
            .With("leaked_ranges", host.Type1.LeakedRanges);
        if (!step.Has("device"))
        {
            return outcome;
        }

        Device device = host.Devices[step.Word("device")].Device;
        IEnumerable<PinnedRange> ranges = device.Group is { } group ? host.PinScopes.RangesOf(group) : [];
        return outcome
            .With("can_fault", device.Iommu?.Driver.IsFeatureEnabled(device, IommuFeature.Iopf) ?? false)
            .With("handler", device.Iommu is { HasFaultHandler: true })
            .With("pending", device.Iommu?.PendingFaultCount ?? 0)
            .With("pinned_ranges", string.Join(',', ranges.Select(range => $"0x{range.First:x}+{range.Count}x{range.References}")));
    }

    private StepOutcome FailAllocation(ScenarioStep step)
    {
        string function = step.Word("function");
        ulong left = step.Number("nth", 1);
        host.Kernel.FailsAllocation = asked => asked == function && left > 0 && --left == 0;
        return Errno.None;
    }

    private StepOutcome LimitMemory(ScenarioStep step)
    {
        host.Memory.FrameLimit = host.Memory.AllocatedFrames + (long)step.Number("pages");
        if (!host.Memory.ReclaimsAtLimit)
        {
            host.Memory.ReclaimsAtLimit = true;
        }

        return Errno.None;
    }

    private StepOutcome Inspect(ScenarioStep step)
    {
        AddressSpace? mm = host.Processes[step.Word("process")].Mm;
        StepOutcome outcome = StepOutcome.Of("0")
            .With("locked_vm", mm?.LockedVm ?? 0)
            .With("pinned_pages", host.Memory.TotalPins)
            .With("faults", host.Kernel.Tally.FaultsReported);
        if (step.Has("addr"))
        {
            Pfn? frame = mm?.FrameAt(new UserAddress(step.Number("addr")));
            outcome = outcome.With("resident", frame is not null).With("pins", frame is Pfn pfn ? host.Memory.PinCountOf(pfn) : 0);
        }

        if (!step.Has("device") || !step.Has("iova"))
        {
            return outcome;
        }

        IommuDomain? domain = host.Devices[step.Word("device")].Device.Group?.Domain;
        Iova iova = new(step.Number("iova"));
        return outcome.With("mapped", domain?.IovaToPhysical(iova) is not null).With("access", AccessOf(domain?.ProtOf(iova)));
    }

    private static string AccessOf(IommuProt? prot)
    {
        bool reads = prot is IommuProt granted && granted.HasFlag(IommuProt.Read);
        bool writes = prot is IommuProt allowed && allowed.HasFlag(IommuProt.Write);
        return (reads, writes) switch
        {
            (true, true) => "rw",
            (true, false) => "r",
            (false, true) => "w",
            _ => "none",
        };
    }
}
