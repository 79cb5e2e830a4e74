namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>The bits of GERROR and GERRORN.</summary>
[Flags]
public enum GlobalErrors
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>CMDQ_ERR: the command queue stopped; CMDQ_CONS.ERR says why.</summary>
    CommandQueue = 1 << 0,
}
