using Iopf.Kernel;

namespace Iopf.Iommu;

/// <summary>The operations of an IOMMU driver.</summary>
/// <remarks>Kernel: <c>struct iommu_ops</c>.</remarks>
public interface IIommuDriver
{
    /// <summary>Whether the IOMMU guarantees something for all its devices.</summary>
    /// <param name="capability">What.</param>
    /// <returns>Whether it does.</returns>
    bool IsCapable(IommuCapability capability);

    /// <summary>Makes an empty domain.</summary>
    /// <param name="type">What it is for.</param>
    /// <returns>The domain, or why there is none.</returns>
    Result<IommuDomain> AllocateDomain(DomainType type);

    /// <summary>The iovas that are not to be mapped freely for a device.</summary>
    /// <param name="device">The device.</param>
    /// <returns>The regions.</returns>
    IReadOnlyList<ReservedRegion> ReservedRegionsOf(Device device);

    /// <summary>Switches a feature of a device on.</summary>
    /// <param name="device">The device.</param>
    /// <param name="feature">The feature.</param>
    /// <returns><see cref="Errno.None"/>, or why not.</returns>
    Errno EnableFeature(Device device, IommuFeature feature);

    /// <summary>Switches a feature of a device off.</summary>
    /// <param name="device">The device.</param>
    /// <param name="feature">The feature.</param>
    /// <returns><see cref="Errno.None"/>, or why not.</returns>
    Errno DisableFeature(Device device, IommuFeature feature);

    /// <summary>Whether a feature of a device is on.</summary>
    /// <param name="device">The device.</param>
    /// <param name="feature">The feature.</param>
    /// <returns>Whether it is.</returns>
    bool IsFeatureEnabled(Device device, IommuFeature feature);

    /// <summary>Waits until every fault of a device that the hardware recorded so far was reported.</summary>
    /// <param name="device">The device.</param>
    void DrainFaults(Device device)
    {
        // A driver whose faults are reported as they happen has nothing to wait for.
    }
}
