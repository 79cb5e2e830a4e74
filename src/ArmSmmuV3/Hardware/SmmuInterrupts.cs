namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>The bits of IRQ_CTRL.</summary>
[Flags]
public enum SmmuInterrupts
{
    /// <summary>No interrupt is raised: the state after reset.</summary>
    None = 0,

    /// <summary>GERROR_IRQEN.</summary>
    GlobalError = 1 << 0,

    /// <summary>EVENTQ_IRQEN.</summary>
    EventQueue = 1 << 2,
}
