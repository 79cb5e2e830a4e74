namespace Iopf.Iommu;

/// <summary>The answer to a page request.</summary>
/// <remarks>Kernel: <c>struct iommu_page_response</c>.</remarks>
/// <param name="GroupId">The fault group id of the request.</param>
/// <param name="Pasid">The PASID, where the request needs it named.</param>
/// <param name="Code">The answer.</param>
/// <param name="Version">The version of the structure; 1 is the only one.</param>
public readonly record struct PageResponse(uint GroupId, uint? Pasid, PageResponseCode Code, uint Version = PageResponse.CurrentVersion)
{
    /// <summary>The bits of the flags word beside <c>IOMMU_PAGE_RESP_PASID_VALID</c>; none is defined.</summary>
    public uint OtherFlags { get; init; }

    /// <summary>The size that user space says the structure has, in bytes; nobody looks at it.</summary>
    /// <remarks>Kernel: <c>argsz</c>.</remarks>
    public uint ArgumentSize { get; init; } = 24;

    /// <summary>The version that this kernel understands.</summary>
    /// <remarks>Kernel: <c>IOMMU_PAGE_RESP_VERSION_1</c>.</remarks>
    public const uint CurrentVersion = 1;
}
