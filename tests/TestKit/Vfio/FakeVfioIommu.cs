using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;
using Iopf.Vfio;

namespace Iopf.TestKit.Vfio;

/// <summary>A backend's container state that remembers what the core did to it and objects to what the core may not do.</summary>
public sealed class FakeVfioIommu(HostKernel kernel, FakeVfioBackend backend) : IVfioIommu
{
    private readonly List<IommuGroup> _groups = [];

    /// <summary>What happened, as "attach 1", "detach 1", "release", "closed".</summary>
    public List<string> Log { get; } = [];

    public IReadOnlyList<IommuGroup> Groups => _groups;

    public bool IsReleased { get; private set; }

    /// <summary>The locks held at the last call, as the scheduler describes them.</summary>
    public string LocksSeen { get; private set; } = string.Empty;

    /// <summary>What the nested registration, pins, reads and writes fail with.</summary>
    public Errno OperationError { get; set; }

    /// <summary>Reference counts of pinned pages, by page number.</summary>
    public Dictionary<ulong, int> Pins { get; } = [];

    public List<IVfioDmaUnmapNotifier> Notifiers { get; } = [];

    public HashSet<Device> NestedDevices { get; } = [];

    public uint LastIoctl { get; private set; }

    public Errno AttachGroup(IommuGroup group, Process? caller)
    {
        Enter();
        if (backend.Refused.TryGetValue(group.Id, out Errno error))
        {
            Log.Add($"refuse {group.Id}");
            return error;
        }

        Invariant.Hold(!_groups.Contains(group), "a group is attached once");
        _groups.Add(group);
        Log.Add($"attach {group.Id}");
        return Errno.None;
    }

    public void DetachGroup(IommuGroup group)
    {
        Enter();
        Invariant.Hold(_groups.Remove(group), "only an attached group is detached");
        Log.Add($"detach {group.Id}");
    }

    public void Release()
    {
        Enter();
        Invariant.Hold(_groups.Count == 0, "the state is released without groups");
        IsReleased = true;
        Log.Add("release");
    }

    public void NotifyContainerClosed()
    {
        Enter();
        Log.Add("closed");
    }

    public IoctlResult Ioctl(Process caller, uint number, UserArgument argument)
    {
        Enter();
        LastIoctl = number;
        return number is VfioIoctl.IommuMapDma or VfioIoctl.IommuUnmapDma or VfioIoctl.IommuGetInfo ? Errno.None : Errno.ENOTTY;
    }

    public Result<int> PinPages(IommuGroup group, ReadOnlySpan<ulong> userPfns, IommuProt prot, Span<ulong> physicalPfns)
    {
        Enter();
        if (OperationError != Errno.None)
        {
            return OperationError;
        }

        for (int i = 0; i < userPfns.Length; i++)
        {
            Pins[userPfns[i]] = Pins.GetValueOrDefault(userPfns[i]) + 1;
            physicalPfns[i] = userPfns[i] + 0x1000;
        }

        return userPfns.Length;
    }

    public Result<int> UnpinPages(IommuGroup group, ReadOnlySpan<ulong> userPfns)
    {
        Enter();
        foreach (ulong pfn in userPfns)
        {
            Invariant.Hold(Pins.GetValueOrDefault(pfn) > 0, "only a pinned page is unpinned");
            Pins[pfn]--;
        }

        return userPfns.Length;
    }

    public Errno RegisterNotifier(IVfioDmaUnmapNotifier notifier, uint events)
    {
        Enter();
        if (events != VfioNotifierEvents.DmaUnmap)
        {
            return Errno.EINVAL;
        }

        Notifiers.Add(notifier);
        return Errno.None;
    }

    public Errno UnregisterNotifier(IVfioDmaUnmapNotifier notifier)
    {
        Enter();
        return Notifiers.Remove(notifier) ? Errno.None : Errno.ENOENT;
    }

    public Errno DmaReadWrite(Process? caller, Iova iova, Span<byte> data, bool write)
    {
        Enter();
        if (!write)
        {
            data.Fill((byte)iova.Value);
        }

        return OperationError;
    }

    public Errno RegisterNestedHandler(Device device)
    {
        Enter();
        if (OperationError == Errno.None)
        {
            NestedDevices.Add(device);
        }

        return OperationError;
    }

    public Errno UnregisterNestedHandler(Device device)
    {
        Enter();
        NestedDevices.Remove(device);
        return OperationError;
    }

    private void Enter()
    {
        Invariant.Hold(!IsReleased, "nothing is called after release");
        LocksSeen = kernel.Scheduler.Current.DescribeHeldLocks();
    }
}
