namespace Iopf.Iommu;

/// <summary>Which faults a handler wants to be told.</summary>
/// <remarks>Kernel: the flags that patch 1 adds to <c>iommu_register_device_fault_handler</c>.</remarks>
[Flags]
public enum FaultReportCapabilities
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>All: the device has one level of translation.</summary>
    Flat = 1,

    /// <summary>Those of the first of two levels.</summary>
    NestedLevel1 = 2,

    /// <summary>Those of the second of two levels.</summary>
    NestedLevel2 = 4,
}
