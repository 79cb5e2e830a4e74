using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;
using Iopf.Patches;
using Iopf.Promises;
using Iopf.Vfio;
using Iopf.VfioType1;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.Tests.Type1;

/// <summary>
/// One type1 container without patches, called as the VFIO core calls it, on a whole host: devices nic0 (group 1) and nic1 (group 2) behind
/// smmu0, nic2 (group 3) behind smmu1, and the mediated mdev0 (group 9).
/// </summary>
internal sealed class Type1Bench : IDisposable
{
    public const ulong Vaddr = 0x1000_0000;
    private const IommuProt ReadWrite = IommuProt.Read | IommuProt.Write;
    private const VfioMapDmaBits MapReadWrite = VfioMapDmaBits.Read | VfioMapDmaBits.Write;

    private static readonly MachineSpec Machine = new(
        [new SmmuSpec("smmu0", StallModel.StallOrTerminate), new SmmuSpec("smmu1", StallModel.StallOrTerminate)],
        [
            new DeviceSpec("nic0", "smmu0", 0x10, Group: 1, CanStall: true, PasidBits: 0, BoundDriver.Vfio, CanTransfer: false),
            new DeviceSpec("nic1", "smmu0", 0x11, Group: 2, CanStall: true, PasidBits: 0, BoundDriver.Vfio, CanTransfer: false),
            new DeviceSpec("nic2", "smmu1", 0x12, Group: 3, CanStall: true, PasidBits: 0, BoundDriver.Vfio, CanTransfer: false),
        ],
        [new MediatedSpec("mdev0", Group: 9)],
        [new ProcessSpec("vmm", 64 << 20, HasIpcLock: false), new ProcessSpec("other", 64 << 20, HasIpcLock: false)]);

    private readonly ServiceProvider _services;

    public Type1Bench(uint type = VfioExtension.Type1V2, string? group = "nic0", params (string Name, string Value)[] settings)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>($"Type1:{setting.Name}", setting.Value)))
            .Build();
        ServiceCollection services = new();
        services.Configure<Type1Options>(configuration.GetSection(Type1Options.Section)).AddPromises();
        _services = ModelComposition.Add(services, PatchSet.None).BuildServiceProvider();
        Host = new ModeledHost(Machine, _services);
        Vmm = Host.Processes["vmm"];
        Other = Host.Processes["other"];
        Iommu = Open(type);
        State = Host.Type1.Open[0];
        Mmap(0, 64);
        if (group is not null)
        {
            Assert.Equal(Errno.None, Attach(group));
        }
    }

    public ModeledHost Host { get; }

    public Process Vmm { get; }

    public Process Other { get; }

    public IVfioIommu Iommu { get; }

    public Type1Container State { get; }

    public Type1Options Options => _services.GetRequiredService<Microsoft.Extensions.Options.IOptions<Type1Options>>().Value;

    public long LockedVm => Vmm.Mm!.LockedVm;

    public IVfioIommu Open(uint type) => _services.GetServices<IVfioIommuBackend>().Single().Open(type).Value;

    public Errno Attach(string device) => Iommu.AttachGroup(GroupOf(device), Vmm);

    public void Detach(string device) => Iommu.DetachGroup(GroupOf(device));

    public IommuGroup GroupOf(string device) => Host.Devices[device].Device.Group!;

    /// <summary>Memory of the VMM, by page number from <see cref="Vaddr"/>.</summary>
    public void Mmap(ulong page, ulong count, MemoryAccess access = MemoryAccess.Read | MemoryAccess.Write) =>
        Assert.Equal(Errno.None, Vmm.Mm!.Mmap(Pages(page, count), access));

    public static UserRange Pages(ulong page, ulong count) => UserRange.OfPages(new UserAddress(Vaddr + (page << Page.Shift)), count);

    public Errno Map(ulong iova, ulong pages, ulong vaddr = Vaddr, VfioMapDmaBits flags = MapReadWrite, Process? caller = null) =>
        MapBytes(iova, pages << Page.Shift, vaddr, flags, caller);

    public Errno MapBytes(ulong iova, ulong size, ulong vaddr = Vaddr, VfioMapDmaBits flags = MapReadWrite, Process? caller = null)
    {
        byte[] argument = new byte[VfioMapDma.Size];
        new VfioMapDma(VfioMapDma.Size, flags, vaddr, iova, size).Write(argument);
        return Iommu.Ioctl(caller ?? Vmm, VfioIoctl.IommuMapDma, new UserArgument(argument, [])).Error;
    }

    /// <summary>The answer and the size that was unmapped, as "errno size".</summary>
    public string Unmap(ulong iova, ulong size, VfioUnmapDmaBits flags = VfioUnmapDmaBits.None, Process? caller = null)
    {
        byte[] argument = new byte[VfioUnmapDma.Size];
        new VfioUnmapDma(VfioUnmapDma.Size, flags, iova, size).Write(argument);
        Errno error = Iommu.Ioctl(caller ?? Vmm, VfioIoctl.IommuUnmapDma, new UserArgument(argument, [])).Error;
        Assert.True(VfioUnmapDma.TryRead(argument, out VfioUnmapDma answer));
        return error == Errno.None ? $"0 0x{answer.Length:x}" : error.ToCName();
    }

    public Errno Dirty(VfioDirtyPagesBits flags) => Dirty(flags, []).Error;

    /// <summary>The pages reported dirty, one bit each from the first iova on; or the error.</summary>
    public string DirtyPages(ulong iova, ulong pages) => DirtyBytes(iova, pages << Page.Shift, Page.Size);

    public string DirtyBytes(ulong iova, ulong size, ulong pageSize)
    {
        byte[] range = new byte[VfioDirtyRange.Size];
        new VfioDirtyRange(iova, size, new VfioBitmap(pageSize, sizeof(ulong), 0)).Write(range);
        byte[] bitmap = new byte[sizeof(ulong)];
        IoctlResult result = Dirty(VfioDirtyPagesBits.GetBitmap, range, bitmap);
        return result.IsSuccess ? $"0b{BitConverter.ToUInt64(bitmap):b}" : result.Error.ToCName();
    }

    /// <summary>The numbers of the pages reported dirty, counted from the first iova on.</summary>
    public IReadOnlyList<ulong> DirtyPagesOf(ulong iova, ulong pages)
    {
        byte[] bitmap = new byte[(pages + 63) / 64 * sizeof(ulong)];
        byte[] range = new byte[VfioDirtyRange.Size];
        new VfioDirtyRange(iova, pages << Page.Shift, new VfioBitmap(Page.Size, (ulong)bitmap.Length, 0)).Write(range);
        Assert.Equal(Errno.None, Dirty(VfioDirtyPagesBits.GetBitmap, range, bitmap).Error);
        return [.. Enumerable.Range(0, bitmap.Length * 8).Where(bit => (bitmap[bit / 8] >> (bit % 8) & 1) != 0).Select(bit => (ulong)bit)];
    }

    /// <summary>Pins pages for a group: how many, or the error.</summary>
    public string Pin(string device, ulong[] iovas, IommuProt prot = ReadWrite) => Pin(device, iovas, prot, out _);

    public string Pin(string device, ulong[] iovas, IommuProt prot, out ulong[] frames)
    {
        frames = new ulong[iovas.Length];
        return Name(Iommu.PinPages(GroupOf(device), [.. iovas.Select(iova => iova >> Page.Shift)], prot, frames));
    }

    public string Unpin(string device, params ulong[] iovas) =>
        Name(Iommu.UnpinPages(GroupOf(device), [.. iovas.Select(iova => iova >> Page.Shift)]));

    /// <summary>A vendor driver that gives back what is pinned in a mapping that goes away, or does not.</summary>
    public void Notify(Action<Iova, ulong> react) =>
        Assert.Equal(Errno.None, Iommu.RegisterNotifier(new Notifier(react), VfioNotifierEvents.DmaUnmap));

    public DmaState Write(string device, ulong iova) => Host.Devices[device].Engine!.Write(new Iova(iova), new byte[] { 7 });

    public DmaState Read(string device, ulong iova) => Host.Devices[device].Engine!.Read(new Iova(iova), new byte[1]);

    /// <summary>Lets the environment act once when a thread waits and nothing else can run.</summary>
    public void WhenStuck(Action act)
    {
        bool hasActed = false;
        ((InlineScheduler)Host.Kernel.Scheduler).NothingRunnable = (_, _) =>
        {
            if (hasActed)
            {
                return false;
            }

            hasActed = true;
            act();
            return true;
        };
    }

    /// <summary>Every test ends with all promises kept.</summary>
    public void Dispose()
    {
        PromiseWatch watch = new(Host);
        watch.End("end of test", hasFailed: false);
        Host.Dispose();
        Assert.Empty(watch.Violations);
    }

    private IoctlResult Dirty(VfioDirtyPagesBits flags, byte[] range, byte[]? bitmap = null)
    {
        byte[] request = new byte[VfioDirtyPages.Size + range.Length];
        new VfioDirtyPages((uint)request.Length, flags).Write(request);
        range.CopyTo(request, VfioDirtyPages.Size);
        return Iommu.Ioctl(Vmm, VfioIoctl.IommuDirtyPages, new UserArgument(request, bitmap ?? []));
    }

    private static string Name(Result<int> result) =>
        result.IsSuccess ? $"{result.Value}" : result.Error.ToCName();

    private sealed class Notifier(Action<Iova, ulong> react) : IVfioDmaUnmapNotifier
    {
        public void DmaUnmapped(Iova iova, ulong size) => react(iova, size);
    }
}
