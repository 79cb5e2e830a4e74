namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>Whose address caused a fault: CLASS of the event record.</summary>
public enum FaultClass
{
    /// <summary>That of a context descriptor.</summary>
    ContextDescriptor = 0,

    /// <summary>That of a translation-table descriptor.</summary>
    TranslationTable = 1,

    /// <summary>The transaction's input address, or the IPA it became.</summary>
    InputAddress = 2,
}
