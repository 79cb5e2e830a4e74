using Iopf.Kernel;

namespace Iopf.TraceImport;

/// <summary>What a trace, a log or a memory layout says, in its order.</summary>
/// <param name="Form">What kind of text it is.</param>
/// <param name="Steps">What was done.</param>
public sealed record ImportedTrace(string Form, IReadOnlyList<ImportedStep> Steps)
{
    /// <summary>How many lines it has.</summary>
    public int Lines { get; init; }

    /// <summary>How many ranges it names that are not mapped, such as registers of emulated devices.</summary>
    public int Skipped { get; init; }

    /// <summary>How many lines are neither understood nor empty.</summary>
    public int NotUnderstood { get; init; }

    /// <summary>Whether the mappings were asked of iommufd, not of type1.</summary>
    public bool IsIommufd { get; init; }

    /// <summary>How many containers it names; at least 1.</summary>
    public int Containers { get; init; } = 1;

    /// <summary>What <c>VFIO_SET_IOMMU</c> answered, if the log says that it failed.</summary>
    public Errno? SetIommuError { get; init; }

    /// <summary>RLIMIT_MEMLOCK in bytes, if the log names it.</summary>
    public ulong? Memlock { get; init; }

    /// <summary>Whether the container is one of type1 version 1, which lets an unmap name a part of a mapping.</summary>
    public bool IsVersion1 { get; init; }

    /// <summary>What a reader should know, line by line.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];
}
