namespace Iopf.Workloads;

/// <summary>Something the table's numbers rest on, and how it is known.</summary>
/// <param name="Name">The option that sets it, as "Section:Name"; plain words for what is built into the workload.</param>
/// <param name="Value">Its value.</param>
/// <param name="Unit">The unit of the value.</param>
/// <param name="Status">"fact", "inferred", "fitted (from which cell)" or "set" for one that the user gave.</param>
/// <param name="Source">Where it comes from.</param>
public sealed record CostParameter(string Name, string Value, string Unit, string Status, string Source);
