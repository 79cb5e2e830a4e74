namespace Iopf.Machine;

/// <summary>One process.</summary>
/// <param name="Name">Its name.</param>
/// <param name="MemlockBytes">How much memory it may lock.</param>
/// <param name="HasIpcLock">Whether that limit does not bind it.</param>
/// <remarks>Kernel: <c>RLIMIT_MEMLOCK</c> and <c>CAP_IPC_LOCK</c>.</remarks>
public sealed record ProcessSpec(string Name, ulong MemlockBytes, bool HasIpcLock);
