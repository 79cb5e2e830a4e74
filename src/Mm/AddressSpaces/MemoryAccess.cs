namespace Iopf.Mm;

/// <summary>What may be done with memory, or is about to be done.</summary>
/// <remarks>Kernel: <c>VM_READ</c>, <c>VM_WRITE</c>, <c>VM_EXEC</c>.</remarks>
[Flags]
public enum MemoryAccess
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Reading.</summary>
    Read = 1,

    /// <summary>Writing.</summary>
    Write = 2,

    /// <summary>Fetching instructions.</summary>
    Execute = 4,
}
