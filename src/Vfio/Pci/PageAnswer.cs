using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.Vfio;

/// <summary>Where the guest's answers go: <c>iommu_page_response</c>.</summary>
internal delegate Errno PageAnswer(Device device, in PageResponse response);
