using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Who serves the faults that the host must serve, for devices whose container belongs to type1?</summary>
/// <remarks>
/// Kernel: <c>vfio_iommu_type1_dma_map_iopf</c> behind the registration. Baseline: <see cref="NoFaultHandler"/>; patch 2 replaces it.
/// Asked from: <c>Type1FaultEntry</c>, and from the code that starts and stops the faults of a device.
/// </remarks>
public interface IHostFaultService
{
    /// <summary>Makes ready to serve a device's faults.</summary>
    /// <param name="device">The device.</param>
    /// <returns><see cref="Errno.None"/>, or why not.</returns>
    Errno Start(Device device);

    /// <summary>Takes one fault over, or refuses it; called in the event thread, so it does not wait.</summary>
    /// <param name="device">The device.</param>
    /// <param name="fault">The fault.</param>
    /// <returns><see cref="Errno.None"/> when the fault will be answered; an error when the caller must answer it.</returns>
    Errno Handle(Device device, IommuFault fault);

    /// <summary>Waits until every fault taken over is answered, then lets the device go.</summary>
    /// <param name="device">The device; no new fault of it can arrive any more.</param>
    void Stop(Device device);
}
