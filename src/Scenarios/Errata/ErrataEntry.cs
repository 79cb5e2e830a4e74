using Iopf.Kernel;

namespace Iopf.Errata;

/// <summary>What is known of one defect of the posted code.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Patch">The patch that has it.</param>
/// <param name="Severity">S1 memory safety or silent data loss; S2 crash, hang; S3 wrong result, leak; S4 performance, policy.</param>
/// <param name="Kind"><c>seq</c> if a sequence of calls shows it, <c>race</c> if it takes an interleaving.</param>
/// <param name="Title">One line.</param>
/// <param name="RaisedBy">Who said so on the list; "unreported" if nobody did.</param>
/// <param name="Status">Whether it is confirmed, and under which condition.</param>
/// <param name="Posted">What the posted code does.</param>
/// <param name="Trigger">How it is reached.</param>
/// <param name="Consequence">What follows.</param>
/// <param name="Invariant">The promise that is broken.</param>
/// <param name="Corrected">What should be done instead.</param>
/// <param name="Function">The kernel function it is in.</param>
/// <param name="Files">The files of this model that hold its switch.</param>
public sealed record ErrataEntry(
    Erratum Id,
    int Patch,
    string Severity,
    string Kind,
    string Title,
    string RaisedBy,
    string Status,
    string Posted,
    string Trigger,
    string Consequence,
    string Invariant,
    string Corrected,
    string Function,
    IReadOnlyList<string> Files);
