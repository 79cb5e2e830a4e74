namespace Iopf.Iommu;

/// <summary>A device that may issue DMA.</summary>
/// <remarks>Kernel: <c>struct device</c>.</remarks>
/// <param name="kernel">Scheduler, clock and trace.</param>
/// <param name="name">Its name in traces and reports.</param>
/// <param name="bus">The bus it sits on.</param>
public sealed class Device(Kernel.HostKernel kernel, string name, Bus bus)
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>The bus it sits on.</summary>
    public Bus Bus { get; } = bus;

    /// <summary>What the iommu core knows of it; <see langword="null"/> until an IOMMU driver probed it.</summary>
    /// <remarks>Kernel: <c>dev-&gt;iommu</c>.</remarks>
    public DeviceIommu? Iommu { get; set; }

    /// <summary>Its IOMMU group.</summary>
    public IommuGroup? Group { get; set; }

    /// <summary>The data of the driver that is bound to it.</summary>
    /// <remarks>Kernel: <c>dev_get_drvdata</c>.</remarks>
    public object? DriverData { get; set; }

    /// <summary>Whether a VFIO bus driver is bound to it; bridges and driverless devices share groups with those that are.</summary>
    public bool IsBoundToVfio { get; set; } = true;

    /// <summary>Whether the device, as its driver knows, can live with a fault on any of its accesses.</summary>
    public bool ToleratesFaults { get; set; } = true;

    /// <summary>The device whose IOMMU translates for it, if it is a mediated device that has one; <see langword="null"/> otherwise.</summary>
    /// <remarks>Kernel: <c>mdev_get_iommu_device</c>.</remarks>
    public Device? BackingDevice { get; set; }

    /// <summary>How many references are held on it.</summary>
    public int ReferenceCount { get; set; }

    /// <summary>The host it belongs to.</summary>
    internal Kernel.HostKernel Kernel { get; } = kernel;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
