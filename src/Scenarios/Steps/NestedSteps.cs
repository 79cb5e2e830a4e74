using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;

namespace Iopf.Scenarios.Steps;

/// <summary>What a guest and its VMM do with stage-1 tables of their own.</summary>
/// <param name="host">The host.</param>
internal sealed class NestedSteps(ModeledHost host) : StepFamily
{
    private readonly Dictionary<string, Guest> _guests = [];

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, StepAction>> Operations =>
    [
        Operation("attach_guest_tables", Attach),
        Operation("detach_guest_tables", step => GuestOf(step)?.Detach() ?? Errno.ENOENT),
        Operation("guest_map", Map),
        Operation("guest_unmap", Unmap),
        Operation("register_nested", step => host.NestedFaults.Register(DeviceOf(step).Device)),
        Operation("unregister_nested", step => host.NestedFaults.Unregister(DeviceOf(step).Device)),
        Operation("guest_policy", SetPolicy),
        Operation("guest_answer", Answer),
    ];

    private HostDevice DeviceOf(ScenarioStep step) => host.Devices[step.Word("device")];

    private Guest? GuestOf(ScenarioStep step) => _guests.GetValueOrDefault(step.Word("device"));

    private StepOutcome Attach(ScenarioStep step)
    {
        Process vmm = host.Processes[step.Word("process")];
        if (GuestOf(step) is not Guest guest)
        {
            guest = new Guest(host.Kernel, DeviceOf(step), vmm);
            _guests.Add(step.Word("device"), guest);
        }

        using (host.Kernel.Scheduler.Enter(vmm.Thread))
        {
            return guest.Attach(step.Number("ram"), step.Number("tables"), step.Number("pages", 64));
        }
    }

    private StepOutcome Map(ScenarioStep step)
    {
        if (GuestOf(step) is not Guest guest)
        {
            return Errno.ENOENT;
        }

        MemoryAccess access = step.Word("access", "rw") switch
        {
            "r" => MemoryAccess.Read,
            "w" => MemoryAccess.Write,
            "none" => MemoryAccess.None,
            _ => MemoryAccess.Read | MemoryAccess.Write,
        };
        Iova iova = new(step.Number("iova"));
        ulong ipa = step.Number("ipa");
        for (ulong page = 0; page < step.Number("size", Page.Size) >> Page.Shift; page++)
        {
            Errno error = guest.Map(iova.PlusPages(page), ipa + (page << Page.Shift), access);
            if (error != Errno.None)
            {
                return error;
            }
        }

        return Errno.None;
    }

    private StepOutcome Unmap(ScenarioStep step) =>
        GuestOf(step)?.Unmap(new Iova(step.Number("iova")), step.Number("size", Page.Size) >> Page.Shift) ?? Errno.ENOENT;

    private StepOutcome SetPolicy(ScenarioStep step)
    {
        if (GuestOf(step) is not Guest guest)
        {
            return Errno.ENOENT;
        }

        guest.Offset = step.Number("offset");
        guest.Policy = step.Word("policy") switch
        {
            "map" => GuestPolicy.Map,
            "invalid" => GuestPolicy.Invalid,
            "failure" => GuestPolicy.Failure,
            _ => GuestPolicy.Wait,
        };
        return Errno.None;
    }

    private StepOutcome Answer(ScenarioStep step)
    {
        if (GuestOf(step) is not Guest guest)
        {
            return Errno.ENOENT;
        }

        PageResponseCode code = step.Word("code", "success") switch
        {
            "invalid" => PageResponseCode.Invalid,
            "failure" => PageResponseCode.Failure,
            _ => PageResponseCode.Success,
        };
        Result<Iova> answered = guest.Answer(code);
        StepOutcome outcome = answered.Error;
        return answered.IsSuccess ? outcome.WithHex("iova", answered.Value.Value) : outcome;
    }
}
