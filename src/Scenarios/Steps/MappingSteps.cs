using System.Numerics;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;
using Iopf.Vfio;

namespace Iopf.Scenarios.Steps;

/// <summary>What a user or a vendor driver does with the mappings of a container.</summary>
/// <param name="host">The host.</param>
/// <param name="files">The files its processes have open.</param>
internal sealed class MappingSteps(ModeledHost host, OpenFiles files) : StepFamily
{
    private const ulong LargestBitmapBytes = 1 << 24;

    private readonly Dictionary<string, VendorDriver> _drivers = [];

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, StepAction>> Operations =>
    [
        Operation("map_dma", Map),
        Operation("unmap_dma", Unmap),
        Operation("dirty_start", step => Dirty(step, VfioDirtyPagesBits.Start)),
        Operation("dirty_stop", step => Dirty(step, VfioDirtyPagesBits.Stop)),
        Operation("dirty_get", GetDirty),
        Operation("pin_pages", Pin),
        Operation("unpin_pages", Unpin),
        Operation("register_notifier", RegisterNotifier),
        Operation("unregister_notifier", UnregisterNotifier),
        Operation("dma_rw", ReadWrite),
    ];

    private static ulong BitmapBytes(ulong size, ulong pageSize) =>
        Math.Min(((size / Math.Max(pageSize, 1)) + 63) / 64 * 8, LargestBitmapBytes);

    private static long Ones(ReadOnlySpan<byte> bitmap)
    {
        long ones = 0;
        foreach (byte bits in bitmap)
        {
            ones += BitOperations.PopCount(bits);
        }

        return ones;
    }

    private Errno Ioctl(ScenarioStep step, uint number, Span<byte> structure, Span<byte> payload)
    {
        Process caller = host.Processes[step.Word("process")];
        if (caller.Mm is null)
        {
            return Errno.ESRCH;
        }

        using (host.Kernel.Scheduler.Enter(caller.Thread))
        {
            host.Kernel.Step(TraceLayer.User, step.Op, "", null, $"{step.Arguments}");
            return files.Containers[step.Word("container")].Ioctl(caller, number, new UserArgument(structure, payload)).Error;
        }
    }

    private StepOutcome Map(ScenarioStep step)
    {
        string access = step.Word("access", "rw");
        VfioMapDmaBits bits = access switch
        {
            "r" => VfioMapDmaBits.Read,
            "w" => VfioMapDmaBits.Write,
            "none" => VfioMapDmaBits.None,
            _ => VfioMapDmaBits.Read | VfioMapDmaBits.Write,
        };
        if (step.Flag("update_vaddr"))
        {
            bits = VfioMapDmaBits.Vaddr;
        }

        Span<byte> structure = stackalloc byte[VfioMapDma.Size];
        new VfioMapDma(VfioMapDma.Size, bits, step.Number("vaddr"), step.Number("iova"), step.Number("size")).Write(structure);
        return Ioctl(step, VfioIoctl.IommuMapDma, structure, []);
    }

    private StepOutcome Unmap(ScenarioStep step)
    {
        VfioUnmapDmaBits bits = (step.Flag("all") ? VfioUnmapDmaBits.All : 0)
            | (step.Flag("vaddr") ? VfioUnmapDmaBits.Vaddr : 0)
            | (step.Flag("get_dirty") ? VfioUnmapDmaBits.GetDirtyBitmap : 0);
        ulong size = step.Number("size");
        ulong pageSize = step.Number("page_size", Page.Size);
        int length = VfioUnmapDma.Size + (step.Flag("get_dirty") ? VfioBitmap.Size : 0);
        Span<byte> structure = stackalloc byte[length];
        byte[] bitmap = step.Flag("get_dirty") ? new byte[BitmapBytes(size, pageSize)] : [];
        new VfioUnmapDma((uint)length, bits, step.Number("iova"), size).Write(structure);
        if (step.Flag("get_dirty"))
        {
            new VfioBitmap(pageSize, (ulong)bitmap.Length, 0).Write(structure[VfioUnmapDma.Size..]);
        }

        StepOutcome outcome = Ioctl(step, VfioIoctl.IommuUnmapDma, structure, bitmap);
        if (outcome.Result == "0" && VfioUnmapDma.TryRead(structure, out VfioUnmapDma answer))
        {
            outcome = outcome.WithHex("unmapped", answer.Length);
        }

        return step.Flag("get_dirty") && outcome.Result == "0" ? outcome.With("dirty_pages", Ones(bitmap)) : outcome;
    }

    private StepOutcome Dirty(ScenarioStep step, VfioDirtyPagesBits bits)
    {
        Span<byte> structure = stackalloc byte[VfioDirtyPages.Size];
        new VfioDirtyPages(VfioDirtyPages.Size, bits).Write(structure);
        return Ioctl(step, VfioIoctl.IommuDirtyPages, structure, []);
    }

    private StepOutcome GetDirty(ScenarioStep step)
    {
        const int Length = VfioDirtyPages.Size + VfioDirtyRange.Size;
        ulong size = step.Number("size");
        ulong pageSize = step.Number("page_size", Page.Size);
        byte[] bitmap = new byte[BitmapBytes(size, pageSize)];
        Span<byte> structure = stackalloc byte[Length];
        new VfioDirtyPages(Length, VfioDirtyPagesBits.GetBitmap).Write(structure);
        VfioBitmap described = new(pageSize, (ulong)bitmap.Length, 0);
        new VfioDirtyRange(step.Number("iova"), size, described).Write(structure[VfioDirtyPages.Size..]);
        StepOutcome outcome = Ioctl(step, VfioIoctl.IommuDirtyPages, structure, bitmap);
        return outcome.Result == "0" ? outcome.With("dirty_pages", Ones(bitmap)) : outcome;
    }

    private StepOutcome Pin(ScenarioStep step)
    {
        IommuProt prot = step.Word("access", "rw") switch
        {
            "r" => IommuProt.Read,
            "w" => IommuProt.Write,
            "none" => IommuProt.None,
            _ => IommuProt.Read | IommuProt.Write,
        };
        return DriverOf(step).Pin(PagesOf(step), prot);
    }

    private StepOutcome Unpin(ScenarioStep step) => DriverOf(step).Unpin(PagesOf(step));

    private StepOutcome RegisterNotifier(ScenarioStep step)
    {
        VendorDriver driver = DriverOf(step);
        driver.Unpins = step.Word("reaction", "unpin") == "unpin";
        return host.VendorDrivers.RegisterNotifier(host.Devices[step.Word("device")].Device, driver, VfioNotifierEvents.DmaUnmap);
    }

    private StepOutcome UnregisterNotifier(ScenarioStep step) =>
        host.VendorDrivers.UnregisterNotifier(host.Devices[step.Word("device")].Device, DriverOf(step));

    private static ulong[] PagesOf(ScenarioStep step) => [.. step.Numbers("iovas").Select(iova => iova >> Page.Shift)];

    private VendorDriver DriverOf(ScenarioStep step)
    {
        string device = step.Word("device");
        if (!_drivers.TryGetValue(device, out VendorDriver? driver))
        {
            driver = new VendorDriver(host.VendorDrivers, host.Devices[device].Device);
            _drivers.Add(device, driver);
        }

        return driver;
    }

    private StepOutcome ReadWrite(ScenarioStep step)
    {
        if (!host.VendorDrivers.GetExternalUser(host.Devices[step.Word("device")].Device).TryGet(out VfioGroup? group, out Errno error))
        {
            return error;
        }

        byte[] data = DataOf(step);
        bool write = step.Word("dir", "read") == "write";
        error = host.VendorDrivers.DmaReadWrite(group, caller: null, new Iova(step.Number("iova")), data, write);
        host.VendorDrivers.PutExternalUser(group);
        StepOutcome outcome = error;
        return error == Errno.None && !write ? outcome.WithData("data", data) : outcome;
    }
}
