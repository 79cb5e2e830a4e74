namespace Iopf.Iommu;

/// <summary>A registered fault handler and what it asked for.</summary>
/// <remarks>Kernel: <c>struct iommu_fault_param</c>.</remarks>
/// <param name="Handler">The handler; the kernel accepts none at registration and refuses reports later.</param>
/// <param name="Capabilities">What it wants to be told.</param>
internal sealed record FaultRegistration(IDeviceFaultHandler? Handler, FaultReportCapabilities Capabilities);
