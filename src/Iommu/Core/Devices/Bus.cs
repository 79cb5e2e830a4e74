namespace Iopf.Iommu;

/// <summary>A bus: one IOMMU driver serves every device on it.</summary>
/// <remarks>Kernel: <c>struct bus_type</c> with <c>iommu_ops</c>.</remarks>
/// <param name="name">Its name, such as <c>pci</c>.</param>
public sealed class Bus(string name)
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>The IOMMU driver of its devices; <see langword="null"/> where no IOMMU translates.</summary>
    public IIommuDriver? Iommu { get; set; }
}
