namespace Iopf.Mm;

/// <summary>What a page frame is used for.</summary>
public enum FrameUse
{
    /// <summary>Nobody uses it.</summary>
    Free,

    /// <summary>Private memory of processes.</summary>
    Anonymous,

    /// <summary>A page of a shared memory object's page cache.</summary>
    File,

    /// <summary>The one page of zeros that untouched memory is read from.</summary>
    Zero,

    /// <summary>A table of a CPU's or an IOMMU's page tables.</summary>
    PageTable,

    /// <summary>Other memory of the kernel.</summary>
    Kernel,

    /// <summary>Memory of a device (a PCI BAR), which has no struct page.</summary>
    Device,
}
