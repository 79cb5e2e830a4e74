using System.Globalization;
using Iopf.Kernel;
using Iopf.Machine;

namespace Iopf.Scenarios.Steps;

/// <summary>Makes up steps from a seed: what processes, VFIO's users, devices and the mm may do in any order.</summary>
/// <remarks>
/// Everything happens in a window of a few pages, so that the steps meet: memory of the first process from <see cref="FirstVaddr"/> on, iovas of its
/// container from <see cref="FirstIova"/> on.
/// </remarks>
/// <param name="seed">The same seed makes up the same steps.</param>
/// <param name="host">Whose processes and devices act.</param>
/// <param name="files">Whose first container is used.</param>
internal sealed class RandomSteps(ulong seed, ModeledHost host, OpenFiles files)
{
    private const ulong FirstVaddr = 0x1000_0000;
    private const ulong FirstIova = 0x10_0000;
    private const int WindowPages = 32;
    private static readonly string[] AccessWords = ["r", "w", "rw", "rw", "rw", "none"];
    private readonly Random _random = new((int)(seed ^ (seed >> 32)));
    private readonly List<string> _children = [];
    private int _forks;

    private string Process => host.Processes.Keys.First();

    /// <summary>Makes up the next step.</summary>
    /// <param name="path">Where the step is said to stand.</param>
    /// <returns>The step.</returns>
    public ScenarioStep Next(string path)
    {
        Dictionary<string, StepValue> values = [];
        string op = _random.Next(100) switch
        {
            < 25 => Dma(values),
            < 40 => Mapping(values),
            < 55 => Cpu(values),
            < 68 => Areas(values),
            < 84 => MovePages(values),
            < 91 when host.Devices.Values.Any(device => device.Vfio is { OpenCount: > 0 }) => VendorDriver(values),
            < 95 => DirtyLog(values),
            < 98 => Fork(values),
            _ => Groups(values),
        };
        return new ScenarioStep(op, path, values, Expect: null, Note: "", Steps: []);
    }

    private string Dma(Dictionary<string, StepValue> values)
    {
        SetWord(values, "device", Pick([.. host.Devices.Values.Where(device => device.Engine is not null).Select(device => device.Device.Name)]));
        SetNumber(values, "iova", FirstIova + (ulong)_random.Next(WindowPages << Page.Shift));
        SetCount(values, "len", _random.Next(1, 3 * (int)Page.Size));
        SetWord(values, "dir", Pick("read", "write"));
        SetData(values, _random.Next(4));
        return "dma";
    }

    private string Mapping(Dictionary<string, StepValue> values)
    {
        SetWord(values, "process", Process);
        SetWord(values, "container", files.Containers.Keys.FirstOrDefault("container"));
        (ulong page, ulong count) = SomePages();
        switch (_random.Next(12))
        {
            case 0:
                return "enable_iopf";
            case 1:
                SetFlag(values, "all");
                return "unmap_dma";
            case < 7:
                SetNumber(values, "iova", FirstIova + (page << Page.Shift));
                SetNumber(values, "size", count << Page.Shift);
                SetNumber(values, "vaddr", FirstVaddr + ((ulong)_random.Next(WindowPages) << Page.Shift));
                SetWord(values, "access", Pick(AccessWords));
                return "map_dma";
            default:
                SetNumber(values, "iova", FirstIova + (page << Page.Shift));
                SetNumber(values, "size", (ulong)_random.Next(1, WindowPages) << Page.Shift);
                return "unmap_dma";
        }
    }

    private string Cpu(Dictionary<string, StepValue> values)
    {
        SetWord(values, "process", SomeProcess());
        SetNumber(values, "addr", FirstVaddr + (ulong)_random.Next((WindowPages - 2) << Page.Shift));
        SetCount(values, "len", _random.Next(1, (int)Page.Size));
        if (_random.Next(3) == 0)
        {
            return "cpu_read";
        }

        SetData(values, _random.Next(4));
        return "cpu_write";
    }

    private string Areas(Dictionary<string, StepValue> values)
    {
        string op = Pick("mmap", "mmap", "mmap", "munmap", "munmap", "mprotect", "madvise", "madvise", "mremap");
        SetPages(values);
        switch (op)
        {
            case "mmap":
                SetWord(values, "access", Pick(AccessWords));
                SetWord(values, "kind", Pick("anonymous", "anonymous", "shared"));
                break;
            case "mprotect":
                SetWord(values, "access", Pick(AccessWords));
                break;
            case "madvise":
                SetWord(values, "advice", Pick("dontneed", "free", "remove"));
                break;
            case "mremap":
                SetNumber(values, "to", FirstVaddr + ((ulong)_random.Next(WindowPages, 2 * WindowPages) << Page.Shift));
                break;
            default:
                break;
        }

        return op;
    }

    private string MovePages(Dictionary<string, StepValue> values)
    {
        string op = Pick("migrate", "migrate", "swap_out", "swap_out", "writeback", "numa_hint", "merge");
        SetPages(values);
        if (op == "merge")
        {
            values.Remove("size");
            SetNumber(values, "other", FirstVaddr + ((ulong)_random.Next(WindowPages) << Page.Shift));
        }

        return op;
    }

    private string VendorDriver(Dictionary<string, StepValue> values)
    {
        // A vendor driver pins only while its device is open, which also keeps the group in its container.
        SetWord(values, "device", Pick([.. host.Devices.Where(device => device.Value.Vfio is { OpenCount: > 0 }).Select(device => device.Key)]));
        string op = Pick("pin_pages", "pin_pages", "unpin_pages", "unpin_pages", "dma_rw");
        switch (op)
        {
            case "pin_pages" or "unpin_pages":
                ulong[] pages = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => FirstIova + ((ulong)_random.Next(WindowPages) << Page.Shift))];
                values["iovas"] = new StepValue(string.Join(',', pages.Select(page => $"0x{page:x}"))) { Numbers = pages };
                break;
            case "dma_rw":
                SetNumber(values, "iova", FirstIova + (ulong)_random.Next(WindowPages << Page.Shift));
                SetWord(values, "dir", Pick("read", "write"));
                SetData(values, _random.Next(4));
                break;
            default:
                break;
        }

        return op;
    }

    private string DirtyLog(Dictionary<string, StepValue> values)
    {
        string op = Pick("dirty_start", "dirty_stop", "dirty_get", "dirty_get");
        SetWord(values, "process", Process);
        SetWord(values, "container", files.Containers.Keys.FirstOrDefault("container"));
        if (op == "dirty_get")
        {
            SetNumber(values, "iova", FirstIova);
            SetNumber(values, "size", (ulong)WindowPages << Page.Shift);
        }

        return op;
    }

    private string Fork(Dictionary<string, StepValue> values)
    {
        if (_children.Count > 0 && _random.Next(2) == 0)
        {
            string child = Pick([.. _children]);
            _children.Remove(child);
            SetWord(values, "process", child);
            return "exit";
        }

        string name = $"child{++_forks}";
        _children.Add(name);
        SetWord(values, "process", Process);
        SetWord(values, "child", name);
        return "fork";
    }

    private string Groups(Dictionary<string, StepValue> values)
    {
        SetWord(values, "process", Process);
        SetCount(values, "group", Pick([.. files.Groups.Keys]));
        if (_random.Next(2) == 0)
        {
            return "unset_container";
        }

        SetWord(values, "container", files.Containers.Keys.FirstOrDefault("container"));
        return "set_container";
    }

    private string SomeProcess() => _children.Count > 0 && _random.Next(4) == 0 ? Pick([.. _children]) : Process;

    private (ulong Page, ulong Count) SomePages()
    {
        int page = _random.Next(WindowPages);
        return ((ulong)page, (ulong)_random.Next(1, WindowPages - page + 1));
    }

    private void SetPages(Dictionary<string, StepValue> values)
    {
        (ulong page, ulong count) = SomePages();
        SetWord(values, "process", SomeProcess());
        SetNumber(values, "addr", FirstVaddr + (page << Page.Shift));
        SetNumber(values, "size", Math.Min(count, 8) << Page.Shift);
    }

    private void SetData(Dictionary<string, StepValue> values, int length)
    {
        byte[] data = new byte[length + 1];
        _random.NextBytes(data);
        values["data"] = new StepValue(Convert.ToHexStringLower(data)) { Data = data };
    }

    private static void SetWord(Dictionary<string, StepValue> values, string field, string word) => values[field] = new StepValue(word);

    private static void SetFlag(Dictionary<string, StepValue> values, string field) => values[field] = new StepValue("true") { Number = 1 };

    private static void SetNumber(Dictionary<string, StepValue> values, string field, ulong number) =>
        values[field] = new StepValue($"0x{number:x}") { Number = number };

    private static void SetCount(Dictionary<string, StepValue> values, string field, int count) =>
        values[field] = new StepValue(count.ToString(CultureInfo.InvariantCulture)) { Number = (ulong)count };

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];
}
