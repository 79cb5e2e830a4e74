namespace Iopf.VfioType1;

/// <summary>The answers without the series, for a patch that falls back on what it replaces.</summary>
public static class Baseline
{
    /// <summary>The key that they are registered with: ask for a port <c>[FromKeyedServices(Baseline.Key)]</c>.</summary>
    public const string Key = "baseline";
}
