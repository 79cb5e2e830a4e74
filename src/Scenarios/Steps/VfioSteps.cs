using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;
using Iopf.Vfio;

namespace Iopf.Scenarios.Steps;

/// <summary>Files and ioctls of VFIO.</summary>
/// <param name="host">The host.</param>
/// <param name="files">The files its processes have open.</param>
internal sealed class VfioSteps(ModeledHost host, OpenFiles files) : StepFamily
{
    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, StepAction>> Operations =>
    [
        Operation("open_container", step => Call(step, caller => OpenContainer(caller, step.Word("container")))),
        Operation("close_container", step => Call(step, _ => files.Containers[step.Word("container")].Close())),
        Operation("open_group", step => Call(step, caller => OpenGroup(caller, GroupOf(step)))),
        Operation("close_group", step => Call(step, _ => FileOf(step)?.Close() ?? Errno.EBADF)),
        Operation("get_status", GetStatus),
        Operation("set_container", step => Call(step, caller => SetContainer(caller, step))),
        Operation("unset_container", step => Call(step, _ => FileOf(step)?.UnsetContainer() ?? Errno.EBADF)),
        Operation("set_iommu", step => Ioctl(step, VfioIoctl.SetIommu, TypeOf(step))),
        Operation("open_device", step => Call(step, caller => OpenDevice(caller, step.Word("device")))),
        Operation("close_device", step => Call(step, _ => DeviceOf(step)?.Close() ?? Errno.EBADF)),
        Operation("check_extension", step => Ioctl(step, VfioIoctl.CheckExtension, step.Number("extension"))),
        Operation("get_info", GetInfo),
        Operation("enable_iopf", step => Ioctl(step, VfioIoctl.IommuEnableIopf, 0)),
    ];

    private static int GroupOf(ScenarioStep step) => (int)step.Number("group");

    private static ulong TypeOf(ScenarioStep step) => step.Word("type") switch
    {
        "type1" => VfioExtension.Type1,
        "nesting" => VfioExtension.Type1Nesting,
        _ => VfioExtension.Type1V2,
    };

    private VfioGroup? FileOf(ScenarioStep step) => files.Groups.GetValueOrDefault(GroupOf(step));

    private VfioDevice? DeviceOf(ScenarioStep step) => host.Devices[step.Word("device")].Vfio;

    private StepOutcome Call(ScenarioStep step, Func<Process, Errno> act)
    {
        Process caller = host.Processes[step.Word("process")];
        if (caller.Mm is null)
        {
            return Errno.ESRCH;
        }

        using (host.Kernel.Scheduler.Enter(caller.Thread))
        {
            host.Kernel.Step(TraceLayer.User, step.Op, "", null, $"{step.Arguments}");
            return act(caller);
        }
    }

    private StepOutcome Ioctl(ScenarioStep step, uint number, ulong value)
    {
        int answer = 0;
        StepOutcome outcome = Call(step, caller =>
        {
            IoctlResult result = files.Containers[step.Word("container")].Ioctl(caller, number, new UserArgument(value));
            answer = result.Value;
            return result.Error;
        });
        return outcome.Result == "0" ? StepOutcome.Of($"{answer}") : outcome;
    }

    private Errno OpenContainer(Process caller, string name)
    {
        VfioContainer container = host.Vfio.OpenContainer();
        files.Containers[name] = container;
        files.Add(caller, () => container.Close());
        return Errno.None;
    }

    private Errno OpenGroup(Process caller, int id)
    {
        if (!host.Vfio.OpenGroup(id).TryGet(out VfioGroup? group, out Errno error))
        {
            return error;
        }

        files.Groups[id] = group;
        files.Add(caller, () => group.Close());
        return Errno.None;
    }

    private Errno SetContainer(Process caller, ScenarioStep step) =>
        FileOf(step)?.SetContainer(caller, files.Containers[step.Word("container")]) ?? Errno.EBADF;

    private Errno OpenDevice(Process caller, string name)
    {
        if (host.Devices[name].Device.Group is not { } group || !files.Groups.TryGetValue(group.Id, out VfioGroup? file))
        {
            return Errno.EBADF;
        }

        Result<VfioDevice> device = file.GetDeviceFd(name);
        if (device.IsSuccess)
        {
            files.Add(caller, () => device.Value.Close());
        }

        return device.Error;
    }

    private StepOutcome GetStatus(ScenarioStep step)
    {
        byte[] structure = new byte[VfioGroupStatus.Size];
        new VfioGroupStatus(VfioGroupStatus.Size, VfioGroupStatusBits.None).Write(structure);
        StepOutcome outcome = Call(step, caller =>
            FileOf(step)?.Ioctl(caller, VfioIoctl.GroupGetStatus, new UserArgument(structure, [])).Error ?? Errno.EBADF);
        if (outcome.Result != "0" || !VfioGroupStatus.TryRead(structure, out VfioGroupStatus status))
        {
            return outcome;
        }

        return outcome
            .With("viable", status.Flags.HasFlag(VfioGroupStatusBits.Viable))
            .With("container_set", status.Flags.HasFlag(VfioGroupStatusBits.ContainerSet));
    }

    private StepOutcome GetInfo(ScenarioStep step)
    {
        byte[] structure = new byte[Page.Size];
        new VfioIommuInfo((uint)structure.Length, VfioIommuInfoBits.None, 0, 0).Write(structure);
        StepOutcome outcome = Call(step, caller =>
            files.Containers[step.Word("container")].Ioctl(caller, VfioIoctl.IommuGetInfo, new UserArgument(structure, [])).Error);
        return outcome.Result == "0" && VfioIommuInfo.TryRead(structure, out VfioIommuInfo info)
            ? outcome.WithHex("page_sizes", info.PageSizes).With("capabilities", info.Flags.HasFlag(VfioIommuInfoBits.Capabilities))
            : outcome;
    }
}
