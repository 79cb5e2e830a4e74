namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>The registers of the non-secure programming interface, by byte offset.</summary>
/// <remarks>Arm IHI 0070, section 6. BASE registers and interrupt addresses are 64 bits wide, all others 32.</remarks>
public enum SmmuRegister
{
    /// <summary>Features: stages, formats, tag widths, stall model. Read only.</summary>
    IDR0 = 0x0,

    /// <summary>Sizes: streams, substreams, queues. Read only.</summary>
    IDR1 = 0x4,

    /// <summary>More features; zero here. Read only.</summary>
    IDR3 = 0xc,

    /// <summary>Address width, granules, stalls at a time. Read only.</summary>
    IDR5 = 0x14,

    /// <summary>Enables of the SMMU and its queues: SMMUEN 0, EVENTQEN 2, CMDQEN 3.</summary>
    CR0 = 0x20,

    /// <summary>What of CR0 has taken effect. Read only.</summary>
    CR0ACK = 0x24,

    /// <summary>Memory attributes of tables and queues; stored, without effect.</summary>
    CR1 = 0x28,

    /// <summary>RECINVSID 1: record C_BAD_STREAMID.</summary>
    CR2 = 0x2c,

    /// <summary>What happens to transactions while SMMUEN is 0: ABORT 20, else bypass.</summary>
    GBPA = 0x44,

    /// <summary>Enables of interrupts: GERROR 0, EVENTQ 2.</summary>
    IRQ_CTRL = 0x50,

    /// <summary>What of IRQ_CTRL has taken effect. Read only.</summary>
    IRQ_CTRLACK = 0x54,

    /// <summary>Global errors; a bit that differs from GERRORN is active: CMDQ_ERR 0. Read only.</summary>
    GERROR = 0x60,

    /// <summary>Acknowledged global errors.</summary>
    GERRORN = 0x64,

    /// <summary>Address of the global error MSI; zero, there are none (IDR0.MSI).</summary>
    GERROR_IRQ_CFG0 = 0x68,

    /// <summary>Address of the stream table (51:6).</summary>
    STRTAB_BASE = 0x80,

    /// <summary>Shape of the stream table: LOG2SIZE 5:0, SPLIT 10:6, FMT 17:16 (0 linear, 1 two levels).</summary>
    STRTAB_BASE_CFG = 0x88,

    /// <summary>Address (51:5) and LOG2SIZE (4:0) of the command queue.</summary>
    CMDQ_BASE = 0x90,

    /// <summary>The driver's index into the command queue, wrap bit above it; writing it starts the queue.</summary>
    CMDQ_PROD = 0x98,

    /// <summary>The SMMU's index into the command queue, wrap bit above it; ERR in 30:24.</summary>
    CMDQ_CONS = 0x9c,

    /// <summary>Address (51:5) and LOG2SIZE (4:0) of the event queue.</summary>
    EVENTQ_BASE = 0xa0,

    /// <summary>Address of the event queue MSI; zero, there are none (IDR0.MSI).</summary>
    EVENTQ_IRQ_CFG0 = 0xb0,

    /// <summary>The SMMU's index into the event queue, wrap bit above it; OVFLG 31. In page 1.</summary>
    EVENTQ_PROD = 0x100a8,

    /// <summary>The driver's index into the event queue, wrap bit above it; OVACKFLG 31. In page 1.</summary>
    EVENTQ_CONS = 0x100ac,
}
