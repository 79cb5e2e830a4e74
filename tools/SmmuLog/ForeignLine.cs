namespace Iopf.SmmuLog;

/// <summary>A line of another IOMMU, named and left alone.</summary>
/// <param name="Place">Where it stood.</param>
/// <param name="Iommu">Which kind of IOMMU.</param>
/// <param name="Text">The line, a wrapped one with its second half.</param>
public sealed record ForeignLine(LogPlace Place, string Iommu, string Text);
