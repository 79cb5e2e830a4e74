namespace Iopf.Kernel;

/// <summary>That the module of a patch was added to a container.</summary>
/// <param name="Patch">Its number in the series, from 1.</param>
public sealed record PatchSwitch(int Patch);
