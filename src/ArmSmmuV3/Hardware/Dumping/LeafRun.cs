namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>Neighbouring leaves that lead to neighbouring memory with the same rights.</summary>
/// <param name="Table">The physical address of the table they are in.</param>
/// <param name="Input">The first input address.</param>
/// <param name="Output">What it is translated to.</param>
/// <param name="Size">The bytes one leaf translates.</param>
/// <param name="Count">How many leaves.</param>
/// <param name="Rights">What they grant.</param>
/// <param name="Descriptor">The first one as it lies in memory.</param>
public sealed record LeafRun(ulong Table, ulong Input, ulong Output, ulong Size, ulong Count, string Rights, ulong Descriptor)
{
    /// <summary>The last input address.</summary>
    public ulong Last => Input + (Size * Count) - 1;

    /// <summary>Whether another leaf continues this run.</summary>
    /// <param name="next">The leaf.</param>
    /// <returns>Whether it does, in this or the next table.</returns>
    internal bool IsContinuedBy(LeafRun next) =>
        Size == next.Size && Rights == next.Rights && Input + (Size * Count) == next.Input && Output + (Size * Count) == next.Output;
}
