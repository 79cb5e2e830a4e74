namespace Iopf.Kernel;

/// <summary>The stages of a fault that take time, in their order.</summary>
public enum CostStage
{
    /// <summary>The SMMU finds no translation, holds the transaction and writes the event record.</summary>
    Record,

    /// <summary>The interrupt arrives and the event thread gets its CPU; not paid by records found when it looks again.</summary>
    InterruptWake,

    /// <summary>The event thread decodes a record and reports the fault.</summary>
    Decode,

    /// <summary>A worker that was asleep gets its CPU; not paid by items found when it looks again.</summary>
    WorkerWake,

    /// <summary>The handler, with the faulting page pinned and mapped.</summary>
    Handler,

    /// <summary>The further pages of a window, pinned and mapped one by one.</summary>
    Pages,

    /// <summary>The iommu core matches the answer to the pending request.</summary>
    Response,

    /// <summary>The driver writes CMD_RESUME and the SMMU consumes it.</summary>
    Resume,

    /// <summary>The SMMU translates the held transaction again and the device goes on.</summary>
    Retry,
}
