namespace Iopf.Kernel;

/// <summary>What a step is to a program that reads the trace; the words of the step are for people.</summary>
/// <remarks>Fields that a kind does not name are 0. <c>default</c> is a step like any other.</remarks>
/// <param name="Kind">What happens.</param>
public readonly record struct TracePoint(TracePointKind Kind)
{
    /// <summary>STAG of a stall, which is the fault group id of its page request; null where nothing is stalled.</summary>
    public uint? Tag { get; init; }

    /// <summary>The stream ID; for the steps of the SMMU and the reading of an event.</summary>
    public uint StreamId { get; init; }

    /// <summary>The SMMU whose event is read; empty elsewhere, where the step's device or the kind says enough.</summary>
    public string? Smmu { get; init; }

    /// <summary>The physical address that a range is mapped to.</summary>
    public ulong PhysicalAddress { get; init; }

    /// <summary>The bytes of a DMA, a mapping, or an unmapping as it was asked for.</summary>
    public ulong Size { get; init; }

    /// <summary>The bytes that a DMA moved, or that were unmapped.</summary>
    public ulong Done { get; init; }

    /// <summary>Whether a DMA or a fault writes.</summary>
    public bool IsWrite { get; init; }
}
