namespace Iopf.SmmuLog;

/// <summary>The decoded lines of Linux 6.13 and later, as printed; null for what is not there.</summary>
/// <remarks>Kernel: <c>arm_smmu_dump_event</c>.</remarks>
public sealed record PrintedEvent
{
    /// <summary>The name of the event.</summary>
    public string? Name { get; init; }

    /// <summary>The device behind the SMMU.</summary>
    public string? Client { get; init; }

    /// <summary>The stream ID.</summary>
    public ulong? StreamId { get; init; }

    /// <summary>The substream ID; 0 is printed also for a transaction without substream.</summary>
    public ulong? SubstreamId { get; init; }

    /// <summary>The input address.</summary>
    public ulong? Iova { get; init; }

    /// <summary>Word 3 without its low bits; printed also for a stage-1 fault, where it means nothing.</summary>
    public ulong? Ipa { get; init; }

    /// <summary>The address of a failed fetch.</summary>
    public ulong? FetchAddress { get; init; }

    /// <summary>Privileged or not.</summary>
    public bool? IsPrivileged { get; init; }

    /// <summary>Instruction or data.</summary>
    public bool? IsInstruction { get; init; }

    /// <summary>Read or write.</summary>
    public bool? IsRead { get; init; }

    /// <summary>Stage 2 or 1.</summary>
    public bool? IsStage2 { get; init; }

    /// <summary>The words for the class.</summary>
    public string? Class { get; init; }

    /// <summary>Whether the line says "ttd_read" (or "ttd_write"): the access to the table; null if it says neither.</summary>
    public bool? IsTableRead { get; init; }

    /// <summary>Whether the line says "stall"; null if it is cut off before it could.</summary>
    public bool? IsStall { get; init; }

    /// <summary>The stall tag; printed also where nothing stalls.</summary>
    public ulong? StallTag { get; init; }

    /// <summary>Whether the first line is there.</summary>
    public bool HasEvent => Name is not null;

    /// <summary>Whether the second line is there.</summary>
    public bool HasAccess => IsPrivileged is not null;

    /// <summary>Both lines as one.</summary>
    /// <param name="access">The second line.</param>
    /// <returns>The pair.</returns>
    internal PrintedEvent With(PrintedEvent access) => this with
    {
        IsPrivileged = access.IsPrivileged,
        IsInstruction = access.IsInstruction,
        IsRead = access.IsRead,
        IsStage2 = access.IsStage2,
        Class = access.Class,
        IsTableRead = access.IsTableRead,
        IsStall = access.IsStall,
        StallTag = access.StallTag,
    };
}
