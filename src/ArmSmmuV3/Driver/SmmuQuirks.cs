namespace Iopf.ArmSmmuV3.Driver;

/// <summary>What an SMMU's domains do differently, so that it can stand for other IOMMUs that VFIO runs on.</summary>
/// <param name="SplitsBlocks">Whether part of a block can be unmapped; without, the whole block goes, as with VT-d and AMD-Vi.</param>
/// <param name="MinimumPage">The smallest page in bytes: 0x1000 or 0x10000.</param>
/// <param name="TellsNesting">Whether a domain can be asked whether it is nested; without, the answer is ENODEV.</param>
public sealed record SmmuQuirks(bool SplitsBlocks = true, ulong MinimumPage = 0x1000, bool TellsNesting = true);
