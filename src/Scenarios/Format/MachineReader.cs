using Iopf.ArmSmmuV3.Driver;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Settings;

namespace Iopf.Scenarios.Format;

/// <summary>Reads the machine of a scenario.</summary>
internal static class MachineReader
{
    /// <summary>The names of the stall models, as the format writes them.</summary>
    public static readonly IReadOnlyList<string> StallModels = ["stall_or_terminate", "terminate_only", "stall_forced"];

    /// <summary>The names of the bound drivers, as the format writes them.</summary>
    public static readonly IReadOnlyList<string> Drivers = ["vfio", "host", "none"];

    /// <summary>How much a process may lock unless the file says otherwise: 64 MiB.</summary>
    public const ulong UsualMemlockBytes = 64UL << 20;

    /// <summary>The most devices, mediated devices and processes a machine may have, each.</summary>
    public const int MostObjects = 256;

    /// <summary>The most bits of a substream ID.</summary>
    public const int MostPasidBits = 16;

    /// <summary>The last place where the MSI window fits: 48-bit addresses, less its size.</summary>
    public const ulong LastMsiWindow = (1UL << 48) - 0x10_0000;

    /// <summary>Reads a machine.</summary>
    /// <param name="place">The object in the file.</param>
    /// <returns>The machine.</returns>
    /// <exception cref="InputException">It is not what the format allows.</exception>
    public static MachineSpec Read(JsonPlace place)
    {
        Dictionary<string, JsonPlace> members = place.Members(["smmus", "devices", "mediated", "processes"], "a machine (an object)");
        List<SmmuSpec> smmus = List(members, "smmus", 16, ReadSmmu);
        if (smmus.Count == 0)
        {
            smmus.Add(new SmmuSpec("smmu0", StallModel.StallOrTerminate));
        }

        List<DeviceSpec> devices = List(members, "devices", MostObjects, device => ReadDevice(device, smmus));
        List<MediatedSpec> mediated = List(members, "mediated", MostObjects, device => ReadMediated(device, devices));
        List<ProcessSpec> processes = List(members, "processes", MostObjects, ReadProcess);
        if (processes.Count == 0)
        {
            processes.Add(new ProcessSpec("vmm", UsualMemlockBytes, HasIpcLock: false));
        }

        MachineSpec machine = new(smmus, devices, mediated, processes);
        RefuseClashes(members, machine);
        return machine;
    }

    private static List<T> List<T>(Dictionary<string, JsonPlace> members, string name, int most, Func<JsonPlace, T> read)
    {
        if (!members.TryGetValue(name, out JsonPlace? place))
        {
            return [];
        }

        List<T> items = [.. place.Items("a list of objects").Select(read)];
        return items.Count <= most ? items : throw place.Wrong($"expected at most {most} items, found {items.Count}");
    }

    private static SmmuSpec ReadSmmu(JsonPlace place)
    {
        Dictionary<string, JsonPlace> members = place.Members(["name", "stall_model", "splits_blocks", "min_page", "tells_nesting", "event_queue_log2"], "an SMMU (an object)");
        int model = members.TryGetValue("stall_model", out JsonPlace? word) ? Index(word, StallModels) : 0;
        SmmuQuirks quirks = new(
            !members.TryGetValue("splits_blocks", out JsonPlace? splits) || splits.Flag(),
            members.TryGetValue("min_page", out JsonPlace? page) ? MinimumPage(page) : Page.Size,
            !members.TryGetValue("tells_nesting", out JsonPlace? tells) || tells.Flag());
        return new SmmuSpec(Required(place, members, "name").Name("a name"), (StallModel)model)
        {
            Quirks = quirks,
            EventQueueLog2Size = members.TryGetValue("event_queue_log2", out JsonPlace? records) ? (int)records.Number("the log2 of the records", 0, 7) : 7,
        };
    }

    private static ulong MinimumPage(JsonPlace place)
    {
        const string Form = "0x1000 or 0x10000";
        ulong size = place.Number(Form);
        return size is Page.Size or 0x10000 ? size : throw place.Expected(Form);
    }

    private static DeviceSpec ReadDevice(JsonPlace place, List<SmmuSpec> smmus)
    {
        string[] fields = ["name", "smmu", "stream_id", "group", "can_stall", "pasid_bits", "driver", "transfer", "reserved", "msi_window", "present", "tolerates_faults"];
        Dictionary<string, JsonPlace> members = place.Members(fields, "a device (an object)");
        return new DeviceSpec(
            Required(place, members, "name").Name("a name"),
            SmmuOf(place, members, smmus),
            (uint)Required(place, members, "stream_id").Number("a stream ID", 0, uint.MaxValue),
            Group(place, members),
            !members.TryGetValue("can_stall", out JsonPlace? stalls) || stalls.Flag(),
            members.TryGetValue("pasid_bits", out JsonPlace? bits) ? (int)bits.Number("a number of bits", 0, MostPasidBits) : 0,
            members.TryGetValue("driver", out JsonPlace? driver) ? (BoundDriver)Index(driver, Drivers) : BoundDriver.Vfio,
            !members.TryGetValue("transfer", out JsonPlace? transfer) || transfer.Flag())
        {
            Reserved = List(members, "reserved", MostObjects, ReadRange),
            IsPresent = !members.TryGetValue("present", out JsonPlace? present) || present.Flag(),
            ToleratesFaults = !members.TryGetValue("tolerates_faults", out JsonPlace? tolerates) || tolerates.Flag(),
            MsiWindow = members.TryGetValue("msi_window", out JsonPlace? window) ? new Iova(window.Number("a device address", 0, LastMsiWindow)) : null,
        };
    }

    private static IovaRange ReadRange(JsonPlace place)
    {
        Dictionary<string, JsonPlace> members = place.Members(["iova", "size"], "a range (an object)");
        ulong iova = Required(place, members, "iova").Number("a page-aligned device address");
        ulong size = Required(place, members, "size").Number("a number of bytes, whole pages", Page.Size, ulong.MaxValue);
        return (iova | size) % Page.Size == 0 && size - 1 <= ulong.MaxValue - iova
            ? IovaRange.OfLength(new Iova(iova), size)
            : throw place.Wrong("expected whole pages that end at 2^64 or before");
    }

    private static string SmmuOf(JsonPlace place, Dictionary<string, JsonPlace> members, List<SmmuSpec> smmus)
    {
        if (!members.TryGetValue("smmu", out JsonPlace? given))
        {
            return smmus.Count == 1
                ? smmus[0].Name
                : throw place.Wrong("the field \"smmu\" is missing; it may be left out only where there is one");
        }

        string name = given.Text("the name of an SMMU");
        return smmus.Any(smmu => smmu.Name == name)
            ? name
            : throw given.Wrong($"the machine has no SMMU \"{name}\"; it has: {NearestNames.List(smmus.Select(smmu => smmu.Name), name)}");
    }

    private static MediatedSpec ReadMediated(JsonPlace place, List<DeviceSpec> devices)
    {
        Dictionary<string, JsonPlace> members = place.Members(["name", "group", "iommu_device"], "a mediated device (an object)");
        MediatedSpec spec = new(Required(place, members, "name").Name("a name"), Group(place, members));
        if (!members.TryGetValue("iommu_device", out JsonPlace? backing))
        {
            return spec;
        }

        string name = backing.Name("a device");
        DeviceSpec device = devices.Find(device => device.Name == name) ?? throw backing.Wrong($"the machine has no device \"{name}\"");
        return devices.Count(other => other.Group == device.Group) == 1
            ? spec with { IommuDevice = name }
            : throw backing.Wrong($"the device \"{name}\" is not alone in its group");
    }

    private static ProcessSpec ReadProcess(JsonPlace place)
    {
        Dictionary<string, JsonPlace> members = place.Members(["name", "memlock", "ipc_lock"], "a process (an object)");
        return new ProcessSpec(
            Required(place, members, "name").Name("a name"),
            members.TryGetValue("memlock", out JsonPlace? limit) ? limit.Number("a number of bytes") : UsualMemlockBytes,
            members.TryGetValue("ipc_lock", out JsonPlace? capability) && capability.Flag());
    }

    private static int Group(JsonPlace place, Dictionary<string, JsonPlace> members) =>
        (int)Required(place, members, "group").Number("a group number", 0, 65_535);

    private static JsonPlace Required(JsonPlace place, Dictionary<string, JsonPlace> members, string name) =>
        members.TryGetValue(name, out JsonPlace? value) ? value : throw place.Wrong($"the field \"{name}\" is missing");

    private static int Index(JsonPlace place, IReadOnlyList<string> words)
    {
        string form = $"one of {string.Join(", ", words.Select(word => $"\"{word}\""))}";
        string written = place.Text(form);
        for (int i = 0; i < words.Count; i++)
        {
            if (words[i] == written)
            {
                return i;
            }
        }

        throw place.Expected(form);
    }

    private static void RefuseClashes(Dictionary<string, JsonPlace> members, MachineSpec machine)
    {
        RefuseTwice(members, "smmus", machine.Smmus.Select(smmu => $"SMMU \"{smmu.Name}\""));
        RefuseTwice(members, "processes", machine.Processes.Select(process => $"process \"{process.Name}\""));
        RefuseTwice(members, "devices", machine.Devices.Select(device => $"device \"{device.Name}\""));
        RefuseTwice(members, "devices", machine.Devices.Select(device => $"stream ID 0x{device.StreamId:x} at {device.Smmu}"));
        RefuseTwice(members, "mediated", machine.Devices.Select(device => device.Name)
            .Concat(machine.Mediated.Select(device => device.Name)).Select(name => $"device \"{name}\""));
        RefuseTwice(members, "mediated", machine.Mediated.Select(device => $"group {device.Group}")
            .Concat(machine.Devices.Select(device => $"group {device.Group}").Distinct()));
        foreach (IGrouping<int, DeviceSpec> group in machine.Devices.GroupBy(device => device.Group))
        {
            if (group.Select(device => device.Smmu).Distinct().Count() > 1)
            {
                throw members["devices"].Wrong($"the devices of group {group.Key} are behind different SMMUs");
            }
        }
    }

    private static void RefuseTwice(Dictionary<string, JsonPlace> members, string list, IEnumerable<string> things)
    {
        HashSet<string> seen = [];
        foreach (string thing in things)
        {
            if (!seen.Add(thing))
            {
                throw members[list].Wrong($"{thing} is there twice");
            }
        }
    }
}
