using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1.Patches.EnableIopf;

/// <summary>Patch 5: the ioctl <c>VFIO_IOMMU_ENABLE_IOPF</c>.</summary>
/// <remarks>Kernel: <c>vfio_iommu_type1_enable_iopf</c>, <c>_IO(';', 118)</c>.</remarks>
internal sealed class EnableIopfCommand(HostKernel kernel, IopfSwitch iopf, IAddressSpaceWatch watch, FaultingDevices devices) : IContainerCommand
{
    private const string Function = "vfio_iommu_type1_enable_iopf";

    // What these ask for is reached only if mappings made before are let through.
    private static readonly ErrataSet WithMappings = ErrataSet.Of(Erratum.E37, Erratum.E38, Erratum.E61, Erratum.E65);

    /// <inheritdoc/>
    public uint Number => 0x3B76;

    /// <inheritdoc/>
    public Errno Execute(Type1Container container, Process caller)
    {
        using (iopf.Hold(container, Function))
        {
            Errno error = Enable(container, caller);
            kernel.Step(TraceLayer.Type1, Function, string.Empty, null, $"{container}: {error.ToCName()}");
            return error;
        }
    }

    private Errno Enable(Type1Container container, Process caller)
    {
        // A second call must not disturb what the first one built. Posted: it is not noticed (E39).
        bool isSecond = container.IsIopfEnabled;
        if (isSecond && !kernel.IsPosted(Erratum.E39))
        {
            return Errno.EBUSY;
        }

        // Pins and translations made before could never be taken back by the bitmap. Posted: nobody asks (E37, E38).
        if (container.Mappings.Count > 0 && !kernel.Errata.Intersects(WithMappings))
        {
            return Errno.EBUSY;
        }

        if (caller.Mm is not { } mm)
        {
            return Errno.ENODEV;
        }

        Errno error = isSecond && watch is IRepeatedWatch repeated ? repeated.WatchAgain(container, mm) : watch.Watch(container, mm);
        if (error != Errno.None)
        {
            return error;
        }

        error = StartGroups(container, isSecond);
        if (error != Errno.None)
        {
            watch.Unwatch(container, mm);
            container.IopfOwner = null;
            return error;
        }

        container.IopfOwner = mm;
        container.IsIopfEnabled = true;
        return Errno.None;
    }

    private Errno StartGroups(Type1Container container, bool isSecond)
    {
        List<Type1Group> groups = [.. container.Domains.SelectMany(domain => domain.Groups)];
        int count = 0;
        for (int i = 0; i < groups.Count; i++)
        {
            Errno error = devices.Start(container, groups[i], Function, out List<Device> started);
            count += started.Count;
            if (error == Errno.None)
            {
                continue;
            }

            // Posted: only a count is kept, and the first so many devices are switched off (E52).
            if (isSecond || kernel.IsPosted(Erratum.E52))
            {
                devices.StopCounted(groups, count);
                return error;
            }

            devices.StopStarted(groups[i], started);
            while (i-- > 0)
            {
                devices.Stop(groups[i], Function);
            }

            return error;
        }

        return Errno.None;
    }
}
