using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>One transaction as a device issues it.</summary>
/// <param name="StreamId">The stream: which device, or function of one.</param>
/// <param name="SubstreamId">The substream (PASID), if the transaction carries one.</param>
/// <param name="Address">The address it goes to, to the byte.</param>
/// <param name="IsWrite">Whether it writes.</param>
/// <param name="IsInstruction">Whether it fetches instructions; meaningless for a write.</param>
/// <param name="IsPrivileged">Whether it is privileged.</param>
/// <param name="IsSpeculative">Whether the device only guesses that it needs it: a fault then ends it in silence. Writes cannot be.</param>
public readonly record struct DmaRequest(
    uint StreamId,
    uint? SubstreamId,
    Iova Address,
    bool IsWrite,
    bool IsInstruction = false,
    bool IsPrivileged = false,
    bool IsSpeculative = false)
{
    /// <summary>Whether it is what no device may issue: it always aborts (Arm IHI 0070, section 3.14).</summary>
    internal bool IsSpeculativeWrite => IsSpeculative && IsWrite;
}
