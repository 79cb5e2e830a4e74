using Iopf.Kernel;

namespace Iopf.Iommu;

/// <summary>Which capabilities may a handler ask for, at first and later?</summary>
/// <remarks>
/// Kernel: <c>iommu_register_device_fault_handler</c>, <c>iommu_update_device_fault_handler</c>. Baseline: <c>UncheckedCapabilities</c>;
/// patch 1 replaces it. Asked from: those two.
/// </remarks>
public interface IFaultHandlerCapabilities
{
    /// <summary>Judges what a registration asks for.</summary>
    /// <param name="capabilities">What it asks for.</param>
    /// <returns><see cref="Errno.None"/>, or why not.</returns>
    Errno Validate(FaultReportCapabilities capabilities);

    /// <summary>Works out what an update leads to.</summary>
    /// <param name="current">What the handler asked for so far.</param>
    /// <param name="mask">What is kept of it.</param>
    /// <param name="set">What is added.</param>
    /// <returns>The new capabilities, or why not.</returns>
    Result<FaultReportCapabilities> Update(FaultReportCapabilities current, FaultReportCapabilities mask, FaultReportCapabilities set);
}
