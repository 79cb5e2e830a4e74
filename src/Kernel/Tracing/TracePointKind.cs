namespace Iopf.Kernel;

/// <summary>The kinds of steps that a program can follow without reading their words.</summary>
public enum TracePointKind
{
    /// <summary>A step like any other.</summary>
    None,

    /// <summary>A device begins an access to memory.</summary>
    DmaBegin,

    /// <summary>An access to memory has ended, one way or another, or waits for somebody outside.</summary>
    DmaEnd,

    /// <summary>The SMMU holds a transaction.</summary>
    Stall,

    /// <summary>The SMMU has written an event record.</summary>
    EventRecorded,

    /// <summary>The SMMU's driver has read an event record.</summary>
    EventRead,

    /// <summary>A fault was reported to the iommu core.</summary>
    FaultReported,

    /// <summary>A handler begins to serve a fault.</summary>
    FaultHandled,

    /// <summary>A fault is answered.</summary>
    FaultAnswered,

    /// <summary>The SMMU ends a stall as CMD_RESUME says.</summary>
    Resume,

    /// <summary>The SMMU consumes a command.</summary>
    Command,

    /// <summary>A range was entered into a domain.</summary>
    Map,

    /// <summary>A range was removed from a domain.</summary>
    Unmap,

    /// <summary>A device was attached to a domain.</summary>
    Attach,

    /// <summary>A device was detached from a domain.</summary>
    Detach,
}
