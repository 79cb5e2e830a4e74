using Iopf.Mm;

namespace Iopf.Iommu;

/// <summary>Which address space a PASID of a device stands for.</summary>
/// <remarks>Kernel: <c>iommu_sva_find</c>.</remarks>
public interface ISvaBonds
{
    /// <summary>Looks a PASID up.</summary>
    /// <param name="device">The device.</param>
    /// <param name="pasid">The PASID.</param>
    /// <returns>The address space, or <see langword="null"/>.</returns>
    AddressSpace? Find(Device device, uint pasid);
}
