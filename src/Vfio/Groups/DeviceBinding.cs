namespace Iopf.Vfio;

/// <summary>In whose hands a device of an IOMMU group is.</summary>
public enum DeviceBinding
{
    /// <summary>No driver is bound.</summary>
    Driverless,

    /// <summary>A VFIO bus driver is bound.</summary>
    VfioDriver,

    /// <summary>A VFIO bus driver is letting it go, but descriptors are still open.</summary>
    BeingUnbound,

    /// <summary>The driver that only keeps others away.</summary>
    /// <remarks>Kernel: <c>pci-stub</c>.</remarks>
    PciStub,

    /// <summary>It is a PCI bridge, whatever its driver.</summary>
    PciBridge,

    /// <summary>A driver of the host is bound, which may start DMA at any time.</summary>
    ForeignDriver,
}
