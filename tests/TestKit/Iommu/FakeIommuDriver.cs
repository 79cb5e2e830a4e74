using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.TestKit.Iommu;

/// <summary>An IOMMU driver that hands out dictionary domains and remembers which features are on.</summary>
public sealed class FakeIommuDriver(HostKernel kernel) : IIommuDriver
{
    private readonly HashSet<(Device Device, IommuFeature Feature)> _enabled = [];

    /// <summary>What enabling a feature answers.</summary>
    public Errno EnableError { get; set; }

    public bool IsCapable(IommuCapability capability) => true;

    public Result<IommuDomain> AllocateDomain(DomainType type) => new FakeIommuDomain(kernel);

    public IReadOnlyList<ReservedRegion> ReservedRegionsOf(Device device) => [];

    public Errno EnableFeature(Device device, IommuFeature feature)
    {
        if (EnableError == Errno.None)
        {
            bool isNew = _enabled.Add((device, feature));
            Invariant.Hold(isNew, "a feature is enabled once");
        }

        return EnableError;
    }

    public Errno DisableFeature(Device device, IommuFeature feature) => _enabled.Remove((device, feature)) ? Errno.None : Errno.EINVAL;

    public bool IsFeatureEnabled(Device device, IommuFeature feature) => _enabled.Contains((device, feature));
}
