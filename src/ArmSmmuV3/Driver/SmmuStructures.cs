using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>The memory an SMMU and its driver share: both queues and the stream table.</summary>
/// <remarks>Kernel: <c>arm_smmu_init_structures</c>.</remarks>
/// <param name="CommandQueue">The command queue.</param>
/// <param name="EventQueue">The event queue.</param>
/// <param name="Streams">The stream table.</param>
internal sealed record SmmuStructures(QueueMemory CommandQueue, QueueMemory EventQueue, StreamTable Streams)
{
    private const int CommandShift = 4;
    private const int RecordShift = 5;

    /// <summary>Allocates everything.</summary>
    /// <param name="memory">Host memory.</param>
    /// <param name="features">The SMMU's features.</param>
    /// <returns>The structures, or ENOMEM.</returns>
    internal static Result<SmmuStructures> Allocate(PhysicalMemory memory, SmmuFeatures features)
    {
        if (!QueueMemory.Allocate(memory, features.CommandQueueShift, CommandShift).TryGet(out QueueMemory commands, out Errno error))
        {
            return error;
        }

        if (!QueueMemory.Allocate(memory, features.EventQueueShift, RecordShift).TryGet(out QueueMemory events, out error))
        {
            return error;
        }

        return StreamTable.Allocate(memory, features).TryGet(out StreamTable? streams, out error)
            ? new SmmuStructures(commands, events, streams)
            : error;
    }
}
