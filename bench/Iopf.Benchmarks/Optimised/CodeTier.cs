namespace Iopf.Benchmarks.Optimised;

/// <summary>How the runtime compiled a method: bits 7 to 9 of the flags of MethodLoadVerbose.</summary>
internal enum CodeTier
{
    Unknown = 0,
    MinimallyOptimised = 1,

    /// <summary>Compiled once, in full: tiered compilation is off, or the method opted out of it.</summary>
    Optimised = 2,
    Quick = 3,
    OptimisedTier1 = 4,

    /// <summary>Optimised from within a loop of quick code: registers and layout are not those of the method compiled as a whole.</summary>
    ReplacedOnStack = 5,
    Instrumented = 6,
    InstrumentedOptimised = 7,
}
