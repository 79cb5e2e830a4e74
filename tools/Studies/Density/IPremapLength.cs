namespace Iopf.Density;

/// <summary>How many pages does a fault map? Asked for one guest, fault by fault.</summary>
/// <remarks>The policies iopf-N answer N each time; an answer of one's own is a policy by <see cref="DensityPolicy.MappedOnFault"/>.</remarks>
public interface IPremapLength
{
    /// <summary>Answers for the next fault.</summary>
    /// <param name="page">The faulting page of the guest, from 0.</param>
    /// <param name="wasInvalidated">Whether the page was mapped before, and reclaim took it out of the IOMMU.</param>
    /// <returns>How many pages to map at most, from the faulting one on; from 1 to 1,048,576.</returns>
    int Next(int page, bool wasInvalidated);
}
