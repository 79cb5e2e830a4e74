using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.Replay.Posted;

/// <summary>The recorder's IOMMU driver of one bus.</summary>
internal sealed class RecordedIommu(HostKernel kernel, RecordedKnobs knobs, RecordedCalls calls, Func<int> nextDomain) : IIommuDriver
{
    private readonly HashSet<Device> _enabled = [];
    private readonly Dictionary<Device, IReadOnlyList<ReservedRegion>> _reserved = [];

    /// <inheritdoc/>
    public bool IsCapable(IommuCapability capability) => true;

    /// <inheritdoc/>
    public Result<IommuDomain> AllocateDomain(DomainType type) =>
        new RecordedDomain(kernel, knobs, calls, type == DomainType.Unmanaged ? nextDomain() : 0, type);

    /// <inheritdoc/>
    public IReadOnlyList<ReservedRegion> ReservedRegionsOf(Device device) => _reserved.GetValueOrDefault(device) ?? [];

    /// <summary>Gives a group that is about to be attached the reserved range of the moment.</summary>
    /// <param name="group">The group.</param>
    public void Reserve(IommuGroup group)
    {
        foreach (Device device in group.Devices)
        {
            _reserved[device] = knobs.Reserved.Length == 0
                ? []
                : [new ReservedRegion(IovaRange.OfLength(new Iova(knobs.Reserved.Start), knobs.Reserved.Length), ReservedRegionType.Reserved)];
        }
    }

    /// <inheritdoc/>
    public Errno EnableFeature(Device device, IommuFeature feature)
    {
        Errno error = device.Name == knobs.FailingFeature ? knobs.FeatureError : Errno.None;
        if (error == Errno.None && !_enabled.Add(device) && !knobs.IsReenablingFine)
        {
            error = Errno.EBUSY;
        }

        calls.Add("feat_on", device.Name, RecordedText.Of(error));
        return error;
    }

    /// <inheritdoc/>
    public Errno DisableFeature(Device device, IommuFeature feature)
    {
        Errno error = _enabled.Remove(device) ? Errno.None : Errno.EINVAL;
        calls.Add("feat_off", device.Name, RecordedText.Of(error));
        return error;
    }

    /// <inheritdoc/>
    public bool IsFeatureEnabled(Device device, IommuFeature feature) => _enabled.Contains(device);
}
