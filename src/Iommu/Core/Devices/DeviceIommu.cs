using Iopf.Kernel;

namespace Iopf.Iommu;

/// <summary>What the iommu core knows of one device.</summary>
/// <remarks>Kernel: <c>struct dev_iommu</c>.</remarks>
public sealed class DeviceIommu
{
    /// <summary>Creates the state of a device that a driver has just probed.</summary>
    /// <param name="kernel">Scheduler, clock and trace.</param>
    /// <param name="device">The device.</param>
    /// <param name="driver">The IOMMU driver.</param>
    public DeviceIommu(HostKernel kernel, Device device, IIommuDriver driver)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(device);
        Driver = driver;
        Lock = new KernelMutex(kernel.Scheduler, $"param.lock ({device.Name})", "param.lock");
        Pending = new PendingFaults(kernel, device);
    }

    /// <summary>Held over a whole fault report, the handler included.</summary>
    /// <remarks>Kernel: <c>param-&gt;lock</c>.</remarks>
    public KernelMutex Lock { get; }

    /// <summary>The IOMMU driver.</summary>
    public IIommuDriver Driver { get; }

    /// <summary>The driver's own data of the device.</summary>
    /// <remarks>Kernel: <c>dev_iommu_priv_get</c>.</remarks>
    public object? Master { get; set; }

    /// <summary>Whether a fault handler is registered.</summary>
    public bool HasFaultHandler => Registration is not null;

    /// <summary>How many page requests wait for an answer.</summary>
    public int PendingFaultCount => Pending.Count;

    /// <summary>The fault group ids of the page requests that wait for an answer, oldest first; a view for reports.</summary>
    public IReadOnlyList<uint> PendingGroups => [.. Enumerable.Range(0, Pending.Count).Select(index => Pending[index].GroupId)];

    /// <summary>The registered handler; <see langword="null"/> if there is none.</summary>
    /// <remarks>Kernel: <c>fault_param</c>.</remarks>
    internal FaultRegistration? Registration { get; set; }

    /// <summary>The page requests that wait for an answer.</summary>
    internal PendingFaults Pending { get; }

    /// <summary>The fault queue the device is in; <see langword="null"/> if it is in none.</summary>
    /// <remarks>Kernel: <c>iopf_param</c>.</remarks>
    internal IopfQueue? Queue { get; set; }
}
