using Iopf.ArmSmmuV3.Hardware;

namespace Iopf.TestKit.Smmu;

/// <summary>A bus master that remembers how its stalled transactions ended; no transaction may end twice.</summary>
public sealed class RecordingMaster : IBusMaster
{
    public Dictionary<int, ulong> CompletedAt { get; } = [];

    public HashSet<int> AbortedOnes { get; } = [];

    public Action<int>? OnEnd { get; set; }

    public void Completed(int transaction, ulong physicalAddress)
    {
        Assert.DoesNotContain(transaction, AbortedOnes);
        CompletedAt.Add(transaction, physicalAddress);
        OnEnd?.Invoke(transaction);
    }

    public void Aborted(int transaction)
    {
        Assert.DoesNotContain(transaction, CompletedAt.Keys);
        Assert.True(AbortedOnes.Add(transaction));
        OnEnd?.Invoke(transaction);
    }
}
