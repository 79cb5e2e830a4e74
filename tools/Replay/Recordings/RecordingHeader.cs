namespace Iopf.Replay;

/// <summary>The first line of a recording: what it was recorded on.</summary>
/// <param name="Format">The format, always <see cref="Type1Recording"/>.</param>
/// <param name="Kernel">The kernel.</param>
/// <param name="Iommu">The IOMMU.</param>
/// <param name="Device">The device behind the container.</param>
/// <param name="PageSize">The page size in bytes.</param>
/// <param name="Arena">The user memory behind the mappings.</param>
/// <param name="Seed">The seed of the random sections; null if the recording has none.</param>
public sealed record RecordingHeader(
    string Format,
    string Kernel,
    string Iommu,
    string Device,
    ulong PageSize,
    IReadOnlyList<ArenaPart> Arena,
    ulong? Seed)
{
    /// <summary>The one format this version reads.</summary>
    public const string Type1Recording = "vfio-type1-recording/1";
}
