using Iopf.Iommu;
using Iopf.Vfio;

namespace Iopf.Machine;

/// <summary>One device of a host, in all its roles.</summary>
/// <param name="Device">The kernel's object for it.</param>
/// <param name="Engine">Its DMA engine; <see langword="null"/> for a mediated device.</param>
/// <param name="Pci">The state of its VFIO bus driver; <see langword="null"/> if another kind of driver, or none, is bound.</param>
/// <param name="Vfio">VFIO's object for it; <see langword="null"/> if no VFIO driver is bound.</param>
public sealed record HostDevice(Device Device, DeviceEngine? Engine, VfioPci? Pci, VfioDevice? Vfio);
