namespace Iopf.Machine;

/// <summary>One mediated device: its vendor driver pins the pages it uses.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Group">The number of its IOMMU group.</param>
public sealed record MediatedSpec(string Name, int Group)
{
    /// <summary>The device whose IOMMU translates for it; <see langword="null"/> if none does.</summary>
    /// <remarks>Kernel: <c>mdev_set_iommu_device</c>.</remarks>
    public string? IommuDevice { get; init; }
}
