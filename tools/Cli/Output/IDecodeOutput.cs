using Iopf.Patches;
using Iopf.SmmuLog;

namespace Iopf.Cli.Output;

/// <summary>Prints what the decoder finds, and its counts at the end.</summary>
internal interface IDecodeOutput : IDecodeSink
{
    /// <summary>Nothing has come for a while.</summary>
    void Idle();

    /// <summary>The log ended and something was found.</summary>
    /// <param name="summary">The counts.</param>
    /// <param name="patches">Which patches the kernel has that was asked.</param>
    void End(DecodeSummary summary, PatchSet patches);
}
