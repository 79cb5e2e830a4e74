using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.Replay.Posted;

/// <summary>A process of the recorder.</summary>
internal sealed class RecordedProcess(HostKernel kernel, RecordedMemory memory, RecordedKnobs knobs, string name, RecordedAddressSpace space)
    : Process(kernel, memory, name, space)
{
    /// <summary>Its memory, whether the kernel finds it or not.</summary>
    public RecordedAddressSpace Space { get; } = space;

    /// <inheritdoc/>
    public override AddressSpace? Mm => knobs.HasNoMemory || !Space.IsAlive ? null : Space;
}
