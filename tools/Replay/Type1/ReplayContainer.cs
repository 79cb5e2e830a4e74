using System.Numerics;
using System.Runtime.InteropServices;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;
using Iopf.Vfio;

namespace Iopf.Replay;

/// <summary>The open files of one run of a recording, and the ioctls on them with their real structures.</summary>
internal sealed class ReplayContainer(ModeledHost host, int groupId, string device)
{
    private const int InfoBytes = 4096;
    private readonly VfioContainer _container = host.Vfio.OpenContainer();
    private readonly VfioGroup _group = host.Vfio.OpenGroup(groupId).Value;
    private VfioDevice? _device;

    public RecordedAnswer ApiVersion(Process caller) =>
        Value(_container.Ioctl(caller, VfioIoctl.GetApiVersion, new UserArgument(0)));

    public RecordedAnswer CheckExtension(Process caller, int extension) =>
        Value(_container.Ioctl(caller, VfioIoctl.CheckExtension, new UserArgument((ulong)extension)));

    public RecordedAnswer GroupStatus(Process caller)
    {
        Span<byte> bytes = stackalloc byte[VfioGroupStatus.Size];
        new VfioGroupStatus(VfioGroupStatus.Size, 0).Write(bytes);
        _group.Ioctl(caller, VfioIoctl.GroupGetStatus, new UserArgument(bytes, []));
        VfioGroupStatus.TryRead(bytes, out VfioGroupStatus status);
        return RecordedAnswer.OfFlags((ulong)status.Flags);
    }

    public RecordedAnswer SetContainer(Process caller) => RecordedAnswer.OfResult(_group.SetContainer(caller, _container));

    public RecordedAnswer SetIommu(Process caller, int type) =>
        RecordedAnswer.OfResult(_container.Ioctl(caller, VfioIoctl.SetIommu, new UserArgument((ulong)type)).Error);

    public RecordedAnswer OpenDevice()
    {
        Result<VfioDevice> opened = _group.GetDeviceFd(device);
        _device ??= opened.IsSuccess ? opened.Value : null;
        return RecordedAnswer.OfResult(opened.Error);
    }

    public RecordedAnswer Plain(Process caller, uint number) =>
        RecordedAnswer.OfResult(_container.Ioctl(caller, number, new UserArgument(0)).Error);

    public RecordedAnswer Map(Process caller, VfioMapDma request)
    {
        Span<byte> bytes = stackalloc byte[VfioMapDma.Size];
        request.Write(bytes);
        return RecordedAnswer.OfResult(_container.Ioctl(caller, VfioIoctl.IommuMapDma, new UserArgument(bytes, [])).Error);
    }

    public RecordedAnswer Unmap(Process caller, uint flags, ulong iova, ulong size)
    {
        Span<byte> bytes = stackalloc byte[VfioUnmapDma.Size];
        new VfioUnmapDma(VfioUnmapDma.Size, (VfioUnmapDmaBits)flags, iova, size).Write(bytes);
        Errno error = _container.Ioctl(caller, VfioIoctl.IommuUnmapDma, new UserArgument(bytes, [])).Error;
        VfioUnmapDma.TryRead(bytes, out VfioUnmapDma answer);
        return RecordedAnswer.OfUnmap(error, answer.Length);
    }

    public RecordedAnswer Dirty(Process caller, DirtyCall call)
    {
        Span<byte> bytes = stackalloc byte[VfioDirtyPages.Size + VfioDirtyRange.Size];
        ulong[] bitmap = new ulong[Math.Min(((call.Size >> Page.Shift) / 64) + 1, 1 << 20)];
        ulong bitmapBytes = (ulong)bitmap.Length * sizeof(ulong);
        new VfioDirtyPages((uint)bytes.Length, (VfioDirtyPagesBits)call.Flags).Write(bytes);
        new VfioDirtyRange(call.Iova, call.Size, new VfioBitmap(call.PageSize, bitmapBytes, 0)).Write(bytes[VfioDirtyPages.Size..]);
        UserArgument argument = new(bytes, MemoryMarshal.AsBytes(bitmap.AsSpan()));
        Errno error = _container.Ioctl(caller, VfioIoctl.IommuDirtyPages, argument).Error;
        return RecordedAnswer.OfDirty(error, bitmap.Sum(word => (long)BitOperations.PopCount(word)));
    }

    public RecordedAnswer Info(Process caller)
    {
        byte[] bytes = new byte[InfoBytes];
        Errno error = ReadInfo(caller, bytes, out VfioIommuInfo info);
        return RecordedAnswer.OfInfo(error, (ulong)info.Flags, info.PageSizes);
    }

    public RecordedAnswer Migration(Process caller)
    {
        ReadOnlySpan<byte> body = Capability(caller, VfioCapabilityChain.MigrationId);
        return RecordedAnswer.OfMigration(Word(body, 8), Word(body, 16));
    }

    public RecordedAnswer MappingsAvailable(Process caller) =>
        RecordedAnswer.OfAvailable(BitConverter.ToUInt32(Capability(caller, VfioCapabilityChain.DmaAvailableId)));

    public RecordedAnswer IovaRange(Process caller, int index)
    {
        ReadOnlySpan<byte> body = Capability(caller, VfioCapabilityChain.IovaRangeId);
        int at = 8 + (16 * index);
        return at + 16 <= body.Length ? RecordedAnswer.OfIovaRange(Word(body, at), Word(body, at + 8)) : RecordedAnswer.Nothing;
    }

    public void Close()
    {
        _device?.Close();
        _group.Close();
        _container.Close();
    }

    private static ulong Word(ReadOnlySpan<byte> bytes, int at) => at + sizeof(ulong) <= bytes.Length ? BitConverter.ToUInt64(bytes[at..]) : 0;

    private static RecordedAnswer Value(IoctlResult result) =>
        RecordedAnswer.OfValue(result.IsSuccess ? result.Value : -(long)result.Error);

    private Errno ReadInfo(Process caller, byte[] bytes, out VfioIommuInfo info)
    {
        new VfioIommuInfo(InfoBytes, 0, 0, 0).Write(bytes);
        Errno error = _container.Ioctl(caller, VfioIoctl.IommuGetInfo, new UserArgument(bytes, [])).Error;
        VfioIommuInfo.TryRead(bytes, out info);
        return error;
    }

    /// <summary>The body of one capability; four zero bytes if the container has none such.</summary>
    private ReadOnlySpan<byte> Capability(Process caller, ushort id)
    {
        byte[] bytes = new byte[InfoBytes];
        ReadInfo(caller, bytes, out VfioIommuInfo info);
        return VfioCapabilityChain.TryFind(bytes, info.CapabilityOffset, id, out ReadOnlySpan<byte> capability)
            ? capability[VfioCapabilityChain.HeaderSize..]
            : new byte[sizeof(uint)];
    }
}
