namespace Iopf.Iommu;

/// <summary>What becomes of a transaction that waits.</summary>
/// <remarks>Kernel: <c>enum iommu_page_response_code</c>; the values are the kernel's.</remarks>
public enum PageResponseCode
{
    /// <summary>It is retried: the page is there.</summary>
    Success = 0,

    /// <summary>It is aborted: the access is invalid.</summary>
    Invalid = 1,

    /// <summary>It is aborted: the handler failed.</summary>
    Failure = 2,
}
