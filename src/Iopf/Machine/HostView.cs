using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.Machine;

/// <summary>What the checkers of promises may look at beside the kernel's own state: the machine around the kernel.</summary>
public sealed class HostView
{
    private readonly Dictionary<Device, (SmmuHardware Smmu, uint StreamId)> _streams = [];
    private readonly List<SmmuHardware> _smmus = [];
    private readonly List<Process> _processes = [];
    private bool _isClaimed;

    /// <summary>Called with each write that a device made: the device, the address, the substream.</summary>
    public event Action<Device, Iova, uint?>? Written;

    /// <summary>Which address spaces are shared with devices.</summary>
    public ISvaBonds? Bonds { get; internal set; }

    /// <summary>The SMMUs.</summary>
    public IReadOnlyList<SmmuHardware> Smmus => _smmus;

    /// <summary>The devices behind them.</summary>
    public IReadOnlyCollection<Device> Devices => _streams.Keys;

    /// <summary>The processes, those that ended among them.</summary>
    public IReadOnlyList<Process> Processes => _processes;

    /// <summary>Where a device's transactions go.</summary>
    /// <param name="device">The device.</param>
    /// <param name="smmu">The SMMU in front of it.</param>
    /// <param name="streamId">The stream ID of its transactions.</param>
    /// <returns>Whether it has an SMMU.</returns>
    public bool TryFind(Device device, out SmmuHardware? smmu, out uint streamId)
    {
        bool found = _streams.TryGetValue(device, out (SmmuHardware Smmu, uint StreamId) stream);
        (smmu, streamId) = stream;
        return found;
    }

    /// <summary>Takes the services for a host.</summary>
    /// <exception cref="InvalidOperationException">Another host has them.</exception>
    internal void Claim()
    {
        if (_isClaimed)
        {
            throw new InvalidOperationException("these services belong to another host; ask ModeledHostFactory for hosts, or make a scope for each");
        }

        _isClaimed = true;
    }

    internal void Add(SmmuHardware smmu) => _smmus.Add(smmu);

    internal void Add(Process process) => _processes.Add(process);

    internal void Add(Device device, SmmuHardware smmu, uint streamId, DeviceEngine engine)
    {
        _streams.Add(device, (smmu, streamId));
        engine.Wrote = (iova, substream) => Written?.Invoke(device, iova, substream);
    }
}
