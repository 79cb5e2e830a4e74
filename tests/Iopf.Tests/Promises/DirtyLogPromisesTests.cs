using Iopf.Kernel;
using Iopf.Patches;
using Iopf.Vfio;

namespace Iopf.Tests.Promises;

/// <summary>D1 and D2: the dirty log. Each breach is planted and caught.</summary>
public sealed class DirtyLogPromisesTests : IDisposable
{
    private readonly PlantedHost _host = new(PatchSet.None);

    public DirtyLogPromisesTests() => Assert.True(Dirty(VfioDirtyPagesBits.Start, []).IsSuccess);

    [Fact]
    public void A_log_that_reports_everything_because_a_device_writes_anywhere_keeps_its_promises()
    {
        _host.Write(3);

        Assert.Equal(0xffffUL, ReadLog());
        Assert.Empty(_host.Violations());
    }

    [Fact]
    public void D1_sees_a_page_that_nobody_wrote()
    {
        PretendEveryGroupPins();
        _host.Mapping.Dirty!.Set(7, 1);

        Assert.Equal(1UL << 7, ReadLog());

        Assert.Equal(["D1: container 1, iova 0x107000 is reported dirty, but nobody wrote or pinned it"], _host.Violations());
    }

    [Fact]
    public void D2_sees_a_page_that_was_written_and_is_left_out()
    {
        PretendEveryGroupPins();
        _host.Write(3);

        Assert.Equal(0UL, ReadLog());

        Assert.Equal(["D2: container 1, iova 0x103000 was written or is pinned, but is not reported dirty"], _host.Violations());
    }

    public void Dispose() => _host.Dispose();

    private void PretendEveryGroupPins() => _host.Container.NonPinnedGroups = 0;

    private ulong ReadLog()
    {
        byte[] range = new byte[VfioDirtyRange.Size];
        new VfioDirtyRange(PlantedHost.FirstIova, 16 * Page.Size, new VfioBitmap(Page.Size, sizeof(ulong), 0)).Write(range);
        byte[] bitmap = new byte[sizeof(ulong)];
        Assert.True(Dirty(VfioDirtyPagesBits.GetBitmap, range, bitmap).IsSuccess);
        return BitConverter.ToUInt64(bitmap);
    }

    private IoctlResult Dirty(VfioDirtyPagesBits flags, byte[] range, byte[]? bitmap = null)
    {
        byte[] request = new byte[VfioDirtyPages.Size + range.Length];
        new VfioDirtyPages((uint)request.Length, flags).Write(request);
        range.CopyTo(request, VfioDirtyPages.Size);
        return _host.File.Ioctl(_host.Vmm, VfioIoctl.IommuDirtyPages, new UserArgument(request, bitmap ?? []));
    }
}
