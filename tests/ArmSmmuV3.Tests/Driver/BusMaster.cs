using Iopf.ArmSmmuV3.Hardware;

namespace Iopf.ArmSmmuV3.Tests.Driver;

/// <summary>A device's DMA engine that keeps how its stalled transactions ended.</summary>
internal sealed class BusMaster : IBusMaster
{
    public List<(int Transaction, ulong PhysicalAddress)> Done { get; } = [];

    public List<int> Refused { get; } = [];

    public void Completed(int transaction, ulong physicalAddress) => Done.Add((transaction, physicalAddress));

    public void Aborted(int transaction) => Refused.Add(transaction);
}
