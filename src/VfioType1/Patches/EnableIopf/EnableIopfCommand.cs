using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1.Patches.EnableIopf;

/// <summary>Patch 5: the ioctl <c>VFIO_IOMMU_ENABLE_IOPF</c>.</summary>
/// <remarks>Kernel: <c>vfio_iommu_type1_enable_iopf</c>, <c>_IO(';', 118)</c>.</remarks>
internal sealed class EnableIopfCommand(HostKernel kernel, IopfSwitch iopf, IAddressSpaceWatch watch, FaultingDevices devices) : IContainerCommand
{
    /// <inheritdoc/>
    public uint Number => 0x3B76;

    /// <inheritdoc/>
    public Errno Execute(Type1Container container, Process caller)
    {
        using (iopf.Lock.Hold())
        {
            Errno error = Enable(container, caller);
            kernel.Step(TraceLayer.Type1, "vfio_iommu_type1_enable_iopf", string.Empty, null, $"{container}: {error.ToCName()}");
            return error;
        }
    }

    private Errno Enable(Type1Container container, Process caller)
    {
        // A second call must not disturb what the first one built (E39).
        if (container.IsIopfEnabled)
        {
            return Errno.EBUSY;
        }

        // Pins and translations made before could never be taken back by the bitmap (E37, E38).
        if (container.Mappings.Count > 0)
        {
            return Errno.EBUSY;
        }

        if (caller.Mm is not { } mm)
        {
            return Errno.ENODEV;
        }

        Errno error = watch.Watch(container, mm);
        if (error != Errno.None)
        {
            return error;
        }

        error = StartGroups(container);
        if (error != Errno.None)
        {
            watch.Unwatch(container, mm);
            return error;
        }

        container.IopfOwner = mm;
        container.IsIopfEnabled = true;
        return Errno.None;
    }

    private Errno StartGroups(Type1Container container)
    {
        List<Type1Group> groups = [.. container.Domains.SelectMany(domain => domain.Groups)];
        for (int i = 0; i < groups.Count; i++)
        {
            Errno error = devices.Start(container, groups[i]);
            if (error != Errno.None)
            {
                while (i-- > 0)
                {
                    devices.Stop(groups[i]);
                }

                return error;
            }
        }

        return Errno.None;
    }
}
