namespace Iopf.Kernel;

/// <summary>The number of a physical page frame.</summary>
/// <remarks>Kernel: <c>unsigned long pfn</c>. Frame 0 exists but is never allocated, so that physical address 0 can mean "not mapped".</remarks>
/// <param name="Value">The frame number: physical address divided by 4096.</param>
public readonly record struct Pfn(ulong Value)
{
    /// <summary>The physical address of the frame's first byte.</summary>
    public ulong Address => Value << Page.Shift;

    /// <summary>The frame that holds a physical address.</summary>
    /// <param name="physicalAddress">A physical address in bytes.</param>
    /// <returns>Its frame.</returns>
    public static Pfn OfAddress(ulong physicalAddress) => new(physicalAddress >> Page.Shift);

    /// <summary>The frame some frames further on.</summary>
    /// <param name="count">How many frames further.</param>
    /// <returns>The frame.</returns>
    public Pfn Plus(ulong count) => new(Value + count);

    /// <inheritdoc/>
    public override string ToString() => $"pfn 0x{Value:x}";
}
