using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1.Patches.EnableIopf;

/// <summary>Patch 5: the ioctl <c>VFIO_IOMMU_ENABLE_IOPF</c>.</summary>
/// <remarks>Kernel: <c>vfio_iommu_type1_enable_iopf</c>, <c>_IO(';', 118)</c>.</remarks>
internal class EnableIopfCommand(HostKernel kernel, IopfSwitch iopf, IAddressSpaceWatch watch, FaultingDevices devices) : IContainerCommand
{
    private const string Function = "vfio_iommu_type1_enable_iopf";

    protected HostKernel Kernel { get; } = kernel;

    /// <inheritdoc/>
    public uint Number => 0x3B76;

    /// <inheritdoc/>
    public Errno Execute(Type1Container container, Process caller)
    {
        using (iopf.Hold(container, Function))
        {
            Errno error = Enable(container, caller);
            Kernel.Step(TraceLayer.Type1, Function, string.Empty, null, $"{container}: {error.ToCName()}");
            return error;
        }
    }

    /// <summary>
    /// Whether IOPF cannot be enabled: a second call must not disturb what the first one built (E39), and the bitmap can never take back pins and
    /// translations that were made before (E37, E38).
    /// </summary>
    protected virtual bool IsBusy(Type1Container container) => container.IsIopfEnabled || container.Mappings.Count > 0;

    protected virtual Errno Watch(Type1Container container, AddressSpace mm) => watch.Watch(container, mm);

    private Errno Enable(Type1Container container, Process caller)
    {
        if (IsBusy(container))
        {
            return Errno.EBUSY;
        }

        if (caller.Mm is not { } mm)
        {
            return Errno.ENODEV;
        }

        Errno error = Watch(container, mm);
        if (error != Errno.None)
        {
            return error;
        }

        error = devices.StartAll(container, [.. container.Domains.SelectMany(domain => domain.Groups)], Function);
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
}
