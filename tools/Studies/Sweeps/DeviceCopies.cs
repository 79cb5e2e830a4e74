using System.Globalization;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Scenarios;

namespace Iopf.Sweeps;

/// <summary>A scenario of one device, made one of several: what is done to the device or its group is done to each in turn.</summary>
internal static class DeviceCopies
{
    /// <summary>The most devices.</summary>
    public const int Most = 64;

    private const string DeviceField = "device";
    private const string GroupField = "group";

    /// <summary>Makes copies of a scenario's device, each in a group of its own behind the same SMMU.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="devices">How many devices there are to be.</param>
    /// <returns>The larger scenario; what steps of copies come to is expected by nobody.</returns>
    /// <exception cref="InputException">The scenario has not exactly one device, or it has threads.</exception>
    public static Scenario Of(Scenario scenario, int devices)
    {
        MachineSpec machine = scenario.Machine;
        if (machine.Devices.Count != 1 || machine.Mediated.Count > 0 || HasThreads(scenario.Steps))
        {
            throw new InputException($"--over devices: {scenario.Name} cannot be multiplied; expected a scenario of one device and no threads");
        }

        DeviceSpec device = machine.Devices[0];
        DeviceSpec[] copies = [.. Enumerable.Range(0, devices).Select(number => CopyOf(device, number))];
        return scenario with
        {
            Machine = machine with { Devices = copies },
            Steps = [.. scenario.Steps.SelectMany(step => CopiesOf(step, copies))],
        };
    }

    private static bool HasThreads(IReadOnlyList<ScenarioStep> steps) =>
        steps.Any(static step => step.Threads.Count > 0 || HasThreads(step.Steps));

    private static DeviceSpec CopyOf(DeviceSpec device, int number) => number == 0 ? device : device with
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"{device.Name}.{number}"),
        StreamId = device.StreamId + (uint)number,
        Group = device.Group + number,
    };

    private static IEnumerable<ScenarioStep> CopiesOf(ScenarioStep step, DeviceSpec[] devices)
    {
        if (step.Steps.Count > 0)
        {
            return [step with { Steps = [.. step.Steps.SelectMany(inner => CopiesOf(inner, devices))] }];
        }

        return step.Has(DeviceField) || step.Has(GroupField) ? devices.Select((device, number) => number == 0 ? step : For(step, device)) : [step];
    }

    private static ScenarioStep For(ScenarioStep step, DeviceSpec device)
    {
        Dictionary<string, StepValue> values = new(step.Values);
        if (step.Has(DeviceField))
        {
            values[DeviceField] = new StepValue(device.Name);
        }

        if (step.Has(GroupField))
        {
            values[GroupField] = new StepValue(device.Group.ToString(CultureInfo.InvariantCulture)) { Number = (ulong)device.Group };
        }

        return step with { Values = values, Expect = null };
    }
}
