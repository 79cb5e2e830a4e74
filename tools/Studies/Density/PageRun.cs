namespace Iopf.Density;

/// <summary>Adjacent pages of a guest's memory.</summary>
/// <param name="First">The first page.</param>
/// <param name="Count">How many.</param>
internal readonly record struct PageRun(int First, int Count);
