namespace Iopf.Machine;

/// <summary>How a device accesses memory.</summary>
/// <param name="IsWrite">Whether it writes.</param>
/// <param name="Substream">The substream ID (PASID) its transactions carry, if any.</param>
/// <param name="IsPrivileged">Whether they are privileged.</param>
/// <param name="IsInstruction">Whether they fetch instructions.</param>
public readonly record struct DmaAccess(bool IsWrite, uint? Substream = null, bool IsPrivileged = false, bool IsInstruction = false);
