using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.Vfio;

/// <summary>A set of groups that share one backend's mappings, and the file <c>/dev/vfio/vfio</c>.</summary>
/// <remarks>Kernel: <c>struct vfio_container</c>. Groups keep it alive after its file is closed.</remarks>
public sealed class VfioContainer
{
    private readonly HostKernel _kernel;
    private readonly VfioCore _core;
    private readonly int _number;
    private readonly List<VfioGroup> _groups = [];

    internal VfioContainer(HostKernel kernel, VfioCore core, int number)
    {
        _kernel = kernel;
        _core = core;
        _number = number;
        GroupLock = new RwSemaphore(kernel.Scheduler, $"container.group_lock (container {number})", "container.group_lock");
    }

    /// <summary>Guards the groups and the backend.</summary>
    /// <remarks>Kernel: <c>group_lock</c>. Taken before <c>vfio.iommu_drivers_lock</c> and every lock of the backend.</remarks>
    public RwSemaphore GroupLock { get; }

    /// <summary>The groups in the container, the last to join first.</summary>
    public IReadOnlyList<VfioGroup> Groups => _groups;

    /// <summary>The backend that SET_IOMMU chose.</summary>
    /// <remarks>Kernel: <c>iommu_driver</c>.</remarks>
    public IVfioIommuBackend? Backend { get; private set; }

    /// <summary>The backend's state for this container.</summary>
    /// <remarks>Kernel: <c>iommu_data</c>.</remarks>
    public IVfioIommu? Iommu { get; private set; }

    /// <summary>Whether the file is open.</summary>
    public bool IsOpen { get; private set; } = true;

    /// <inheritdoc/>
    public override string ToString() => $"container {_number}";

    /// <summary>The door for ioctls on the container's file.</summary>
    /// <remarks>Kernel: <c>vfio_fops_unl_ioctl</c>. No lock is held while the backend is looked up and called.</remarks>
    /// <param name="caller">Who calls.</param>
    /// <param name="number">The number.</param>
    /// <param name="argument">The argument; types and extensions are numbers.</param>
    /// <returns>The answer; EBADF if the file is not open; EINVAL for what only a backend can answer if there is none.</returns>
    public IoctlResult Ioctl(Process caller, uint number, UserArgument argument)
    {
        if (!IsOpen)
        {
            return Errno.EBADF;
        }

        return number switch
        {
            VfioIoctl.GetApiVersion => VfioIoctl.ApiVersion,
            VfioIoctl.CheckExtension => CheckExtension((uint)argument.Value),
            VfioIoctl.SetIommu => SetIommu(caller, (uint)argument.Value),
            _ => Iommu?.Ioctl(caller, number, argument) ?? Errno.EINVAL,
        };
    }

    /// <summary>Whether an extension is offered: by the backend, or, before there is one, by any.</summary>
    /// <remarks>Kernel: <c>vfio_ioctl_check_extension</c>.</remarks>
    /// <param name="extension">The extension.</param>
    /// <returns>1 or 0.</returns>
    public int CheckExtension(uint extension)
    {
        using (GroupLock.HoldRead())
        {
            if (Backend is not null)
            {
                return Backend.CheckExtension(Iommu, extension);
            }

            using (_core.BackendsLock.Hold())
            {
                foreach (IVfioIommuBackend backend in _core.Backends)
                {
                    int answer = backend.CheckExtension(null, extension);
                    if (answer > 0)
                    {
                        return answer;
                    }
                }

                return 0;
            }
        }
    }

    /// <summary>Chooses the backend: the first that offers the type and accepts every group.</summary>
    /// <remarks>Kernel: <c>vfio_ioctl_set_iommu</c>.</remarks>
    /// <param name="caller">Who calls.</param>
    /// <param name="type">The type, one of <see cref="VfioExtension"/>.</param>
    /// <returns>
    /// 0; EBADF if the file is not open; EINVAL without a group or with a backend; ENODEV if no backend offers the type; else the error
    /// of the last that tried, and the container is as before.
    /// </returns>
    public Errno SetIommu(Process? caller, uint type)
    {
        if (!IsOpen)
        {
            return Errno.EBADF;
        }

        using (GroupLock.HoldWrite())
        {
            if (_groups.Count == 0 || Backend is not null)
            {
                return Errno.EINVAL;
            }

            using (_core.BackendsLock.Hold())
            {
                Errno error = Errno.ENODEV;
                foreach (IVfioIommuBackend backend in _core.Backends)
                {
                    if (backend.CheckExtension(null, type) <= 0 || !backend.Open(type).TryGet(out IVfioIommu? iommu, out error))
                    {
                        continue;
                    }

                    error = AttachGroups(iommu, caller);
                    if (error != Errno.None)
                    {
                        iommu.Release();
                        continue;
                    }

                    Backend = backend;
                    Iommu = iommu;
                    _kernel.Step(TraceLayer.Vfio, "vfio_ioctl_set_iommu", string.Empty, null, $"{this} has a backend of type {type}");
                    return Errno.None;
                }

                return error;
            }
        }
    }

    /// <summary>Closes the file. Mappings live on while groups hold the container.</summary>
    /// <remarks>Kernel: <c>vfio_fops_release</c>.</remarks>
    /// <returns>0, or EBADF if it is not open.</returns>
    public Errno Close()
    {
        if (!IsOpen)
        {
            return Errno.EBADF;
        }

        IsOpen = false;
        Iommu?.NotifyContainerClosed();
        _kernel.Step(TraceLayer.Vfio, "vfio_fops_release", string.Empty, null, $"{this} closed with {_groups.Count} groups");
        return Errno.None;
    }

    /// <summary>Enters a group that the backend, if any, has accepted.</summary>
    internal void Link(VfioGroup group)
    {
        Invariant.Hold(GroupLock.IsHeld, "a container's groups change under its group_lock");
        _groups.Insert(0, group);
    }

    /// <summary>Removes a group that the backend has let go; the last one takes the backend with it, and the container is as new.</summary>
    internal void Unlink(VfioGroup group)
    {
        Invariant.Hold(GroupLock.IsHeld, "a container's groups change under its group_lock");
        _groups.Remove(group);
        if (_groups.Count == 0 && Iommu is { } iommu)
        {
            iommu.Release();
            Backend = null;
            Iommu = null;
        }
    }

    private Errno AttachGroups(IVfioIommu iommu, Process? caller)
    {
        for (int i = 0; i < _groups.Count; i++)
        {
            Errno error = iommu.AttachGroup(_groups[i].IommuGroup, caller);
            if (error != Errno.None)
            {
                while (--i >= 0)
                {
                    iommu.DetachGroup(_groups[i].IommuGroup);
                }

                return error;
            }
        }

        return Errno.None;
    }
}
