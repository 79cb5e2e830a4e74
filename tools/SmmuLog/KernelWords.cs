using Iopf.ArmSmmuV3.Hardware;

namespace Iopf.SmmuLog;

/// <summary>What Linux prints for values of an event record.</summary>
/// <remarks>Kernel: <c>event_class_str</c>.</remarks>
public static class KernelWords
{
    /// <summary>What Linux prints for a class.</summary>
    /// <param name="faultClass">The class.</param>
    /// <returns>The words.</returns>
    public static string WordsOf(FaultClass faultClass) => faultClass switch
    {
        FaultClass.ContextDescriptor => "CD fetch",
        FaultClass.TranslationTable => "Stage 1 translation table fetch",
        FaultClass.InputAddress => "Input address caused fault",
        _ => "Reserved",
    };
}
