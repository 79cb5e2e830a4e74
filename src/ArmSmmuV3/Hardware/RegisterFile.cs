namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>The registers that no part of the SMMU keeps itself: identification, control, interrupts, global errors.</summary>
/// <param name="identification">The read-only registers.</param>
internal sealed class RegisterFile(Identification identification)
{
    /// <summary>EVENTQ_PROD as drivers without page 1 reach it.</summary>
    public const SmmuRegister EVENTQ_PROD_IN_PAGE_0 = (SmmuRegister)0xa8;

    /// <summary>EVENTQ_CONS as drivers without page 1 reach it.</summary>
    public const SmmuRegister EVENTQ_CONS_IN_PAGE_0 = (SmmuRegister)0xac;

    private const SmmuControls ImplementedControls = SmmuControls.Translation | SmmuControls.EventQueue | SmmuControls.CommandQueue;
    private const SmmuInterrupts ImplementedInterrupts = SmmuInterrupts.GlobalError | SmmuInterrupts.EventQueue;
    private const uint RecordInvalidStreams = 1u << 1;
    private const uint AbortAll = 1u << 20;
    private const uint Update = 1u << 31;

    private uint _cr1;
    private uint _cr2;
    private uint _gbpa;
    private GlobalErrors _errors;
    private GlobalErrors _acknowledgedErrors;

    /// <summary>CR0.</summary>
    public SmmuControls Controls { get; private set; }

    /// <summary>IRQ_CTRL.</summary>
    public SmmuInterrupts Interrupts { get; private set; }

    /// <summary>CR2.RECINVSID.</summary>
    public bool RecordsBadStreamIds => (_cr2 & RecordInvalidStreams) != 0;

    /// <summary>GBPA.ABORT.</summary>
    public bool AbortsWhenDisabled => (_gbpa & AbortAll) != 0;

    /// <summary>Whether an error is raised and not acknowledged.</summary>
    public bool IsErrorActive(GlobalErrors error) => ((_errors ^ _acknowledgedErrors) & error) != 0;

    /// <summary>Raises an error, unless it is active already.</summary>
    public void RaiseError(GlobalErrors error) => _errors ^= IsErrorActive(error) ? GlobalErrors.None : error;

    /// <summary>Reads a register.</summary>
    public ulong Read(SmmuRegister register) => register switch
    {
        SmmuRegister.IDR0 => identification.Idr0,
        SmmuRegister.IDR1 => identification.Idr1,
        SmmuRegister.IDR5 => identification.Idr5,
        SmmuRegister.CR0 or SmmuRegister.CR0ACK => (ulong)Controls,
        SmmuRegister.CR1 => _cr1,
        SmmuRegister.CR2 => _cr2,
        SmmuRegister.GBPA => _gbpa,
        SmmuRegister.IRQ_CTRL or SmmuRegister.IRQ_CTRLACK => (ulong)Interrupts,
        SmmuRegister.GERROR => (ulong)_errors,
        SmmuRegister.GERRORN => (ulong)_acknowledgedErrors,
        _ => 0,
    };

    /// <summary>Writes a register; updates take effect at once, so that every ACK register follows its control register.</summary>
    public void Write(SmmuRegister register, ulong value)
    {
        switch (register)
        {
            case SmmuRegister.CR0:
                Controls = (SmmuControls)value & ImplementedControls;
                break;
            case SmmuRegister.CR1:
                _cr1 = (uint)value;
                break;
            case SmmuRegister.CR2 when !Controls.HasFlag(SmmuControls.Translation):
                _cr2 = (uint)value;
                break;
            case SmmuRegister.GBPA:
                _gbpa = (uint)value & ~Update;
                break;
            case SmmuRegister.IRQ_CTRL:
                Interrupts = (SmmuInterrupts)value & ImplementedInterrupts;
                break;
            case SmmuRegister.GERRORN:
                _acknowledgedErrors = (GlobalErrors)value & GlobalErrors.CommandQueue;
                break;
            default:
                break;
        }
    }
}
