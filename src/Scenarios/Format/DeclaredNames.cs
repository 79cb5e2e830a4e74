using Iopf.Machine;
using Iopf.Settings;

namespace Iopf.Scenarios.Format;

/// <summary>The objects that exist as far as a step can know: those of the machine and those that earlier steps made.</summary>
/// <param name="machine">The machine.</param>
internal sealed class DeclaredNames(MachineSpec machine)
{
    private readonly HashSet<string> _containersEver = [];

    /// <summary>The processes, in the order of their making.</summary>
    public List<string> Processes { get; } = [.. machine.Processes.Select(process => process.Name)];

    /// <summary>The containers that were opened and not closed.</summary>
    public List<string> Containers { get; } = [];

    /// <summary>The devices behind SMMUs.</summary>
    public List<string> Devices { get; } = [.. machine.Devices.Select(device => device.Name)];

    /// <summary>The devices of both kinds.</summary>
    public List<string> AnyDevices { get; } =
        [.. machine.Devices.Select(device => device.Name), .. machine.Mediated.Select(device => device.Name)];

    /// <summary>The numbers of the IOMMU groups.</summary>
    public HashSet<int> Groups { get; } =
        [.. machine.Devices.Select(device => device.Group), .. machine.Mediated.Select(device => device.Group)];

    /// <summary>The objects a field may name.</summary>
    /// <param name="kind">The field's kind.</param>
    /// <returns>Their names.</returns>
    public List<string> Of(FieldKind kind) => kind switch
    {
        FieldKind.Process => Processes,
        FieldKind.Container => Containers,
        FieldKind.Device => Devices,
        _ => AnyDevices,
    };

    /// <summary>Says why a name cannot be used.</summary>
    /// <param name="kind">The kind of object it should name.</param>
    /// <param name="name">The name.</param>
    /// <returns>A sentence; <see langword="null"/> if it can be used.</returns>
    public string? WhyUnusable(FieldKind kind, string name)
    {
        List<string> known = Of(kind);
        if (known.Contains(name))
        {
            return null;
        }

        string noun = NounOf(kind);
        if (kind == FieldKind.Container)
        {
            return _containersEver.Contains(name)
                ? $"the container \"{name}\" was closed by an earlier step"
                : $"no earlier step opens a container \"{name}\"; open: {Listed(known, name)}";
        }

        return $"the machine has no {noun} \"{name}\"; it has: {Listed(known, name)}";
    }

    /// <summary>Notes what a step makes or removes.</summary>
    /// <param name="step">The step.</param>
    /// <returns>Why it cannot be done, as a sentence; <see langword="null"/> if it can.</returns>
    public string? Note(ScenarioStep step)
    {
        switch (step.Op)
        {
            case "fork" when Processes.Contains(step.Word("child")):
                return $"there is a process \"{step.Word("child")}\" already";
            case "fork":
                Processes.Add(step.Word("child"));
                break;
            case "open_container" when Containers.Contains(step.Word("container")):
                return $"the container \"{step.Word("container")}\" is open already";
            case "open_container":
                Containers.Add(step.Word("container"));
                _containersEver.Add(step.Word("container"));
                break;
            case "close_container":
                Containers.Remove(step.Word("container"));
                break;
        }

        return null;
    }

    /// <summary>What a kind of object is called.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>A noun.</returns>
    public static string NounOf(FieldKind kind) => kind switch
    {
        FieldKind.Process or FieldKind.NewProcess => "process",
        FieldKind.Container or FieldKind.NewContainer => "container",
        _ => "device",
    };

    private static string Listed(List<string> names, string written) => names.Count == 0 ? "none" : NearestNames.List(names, written);
}
