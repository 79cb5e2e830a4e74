namespace Iopf.Scenarios;

/// <summary>One row of the cover letter's table.</summary>
/// <param name="Config">The configuration: sva-1mb, vfio-1mb or vfio-10mb.</param>
/// <param name="Premap">Pages one fault may map.</param>
/// <param name="Messages">Messages sent.</param>
/// <param name="PublishedFaults">The published count; 0 where nothing was published.</param>
/// <param name="Faults">The model's count; up to the abort if the test did not finish.</param>
/// <param name="Note">What is to be said about it; may be empty.</param>
public sealed record RunRow(string Config, int Premap, long Messages, long PublishedFaults, long Faults, string Note);
