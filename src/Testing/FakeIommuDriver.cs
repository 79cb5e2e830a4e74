using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.Testing;

/// <summary>An IOMMU driver without hardware, whose domains are <see cref="FakeIommuDomain"/>s; it keeps which features are on.</summary>
/// <param name="kernel">The kernel.</param>
public sealed class FakeIommuDriver(HostKernel kernel) : IIommuDriver
{
    private readonly HashSet<(Device Device, IommuFeature Feature)> _enabled = [];

    /// <summary>What enabling a feature fails with; <see cref="Errno.None"/> unless set.</summary>
    public Errno EnableError { get; set; }

    /// <inheritdoc/>
    public bool IsCapable(IommuCapability capability) => true;

    /// <inheritdoc/>
    public Result<IommuDomain> AllocateDomain(DomainType type) => new FakeIommuDomain(kernel);

    /// <inheritdoc/>
    public IReadOnlyList<ReservedRegion> ReservedRegionsOf(Device device) => [];

    /// <inheritdoc/>
    public Errno EnableFeature(Device device, IommuFeature feature)
    {
        if (EnableError == Errno.None)
        {
            bool isNew = _enabled.Add((device, feature));
            Invariant.Hold(isNew, "a feature is enabled once");
        }

        return EnableError;
    }

    /// <inheritdoc/>
    public Errno DisableFeature(Device device, IommuFeature feature) => _enabled.Remove((device, feature)) ? Errno.None : Errno.EINVAL;

    /// <inheritdoc/>
    public bool IsFeatureEnabled(Device device, IommuFeature feature) => _enabled.Contains((device, feature));
}
