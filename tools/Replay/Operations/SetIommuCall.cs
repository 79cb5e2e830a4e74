namespace Iopf.Replay;

/// <summary>VFIO_SET_IOMMU: set_iommu, set_iommu_before_group, set_iommu_again.</summary>
/// <param name="Line">Its line in the file, from 1.</param>
/// <param name="Op">Its name in the recording.</param>
/// <param name="IommuType">The type: 3 is VFIO_TYPE1v2_IOMMU, 1 is VFIO_TYPE1_IOMMU.</param>
/// <param name="Answer">What the kernel answered.</param>
public sealed record SetIommuCall(int Line, string Op, int IommuType, RecordedAnswer Answer)
    : RecordedOperation(Line, Op, Answer)
{
    /// <inheritdoc/>
    private protected override string Inputs => $"type={IommuType}";
}
