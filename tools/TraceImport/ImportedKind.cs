namespace Iopf.TraceImport;

/// <summary>What a line of a trace says was done.</summary>
public enum ImportedKind
{
    /// <summary>A range was mapped for devices.</summary>
    Map,

    /// <summary>A range was unmapped.</summary>
    Unmap,

    /// <summary>A device's access was refused by the IOMMU.</summary>
    Fault,

    /// <summary>A group was opened that is open already.</summary>
    OpenGroup,
}
