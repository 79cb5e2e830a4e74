namespace Iopf.Scenarios;

/// <summary>What a list of scenarios says about one.</summary>
/// <param name="Name">Its name.</param>
/// <param name="About">What it shows and what to watch.</param>
/// <param name="Patch">The patch whose effect it shows, if it is about one.</param>
/// <param name="HasWorkload">Whether it runs a workload: for seconds, on hosts of its own.</param>
public sealed record ScenarioInfo(string Name, string About, int? Patch, bool HasWorkload = false);
