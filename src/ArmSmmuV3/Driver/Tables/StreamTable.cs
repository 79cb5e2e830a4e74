using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>The stream table's memory: linear, or in two levels of which the second grows with the devices.</summary>
/// <remarks>Kernel: <c>struct arm_smmu_strtab_cfg</c>, <c>arm_smmu_init_strtab</c>, <c>arm_smmu_init_l2_strtab</c>.</remarks>
internal sealed class StreamTable
{
    /// <summary>The size of one stream table entry in bytes.</summary>
    internal const int EntryBytes = StreamTableEntry.SizeBytes;

    /// <summary>How many bits of a stream ID select the entry inside a second-level table.</summary>
    internal const int Split = 8;

    /// <summary>How many entries a second-level table has.</summary>
    internal const uint LeafEntries = 1u << Split;

    private const int DescriptorBytes = 8;

    // The first level is at most 1 MiB long; streams beyond it do not exist for the driver.
    private const int FirstLevelShiftMax = 17;

    private readonly PhysicalMemory _memory;
    private readonly int _streamIdBits;
    private readonly ulong _base;
    private readonly ulong[] _leaves;

    private StreamTable(PhysicalMemory memory, int streamIdBits, bool hasTwoLevels, ulong @base)
    {
        _memory = memory;
        _streamIdBits = streamIdBits;
        HasTwoLevels = hasTwoLevels;
        _base = @base;
        _leaves = hasTwoLevels ? new ulong[1 << (streamIdBits - Split)] : [];
    }

    /// <summary>Whether entries are found through a first-level descriptor.</summary>
    internal bool HasTwoLevels { get; }

    /// <summary>How many streams the table covers.</summary>
    internal uint EntryCount => 1u << _streamIdBits;

    /// <summary>The value of SMMU_STRTAB_BASE: the table's address, read-allocate hint set.</summary>
    internal ulong BaseRegister => _base | 1UL << 62;

    /// <summary>The value of SMMU_STRTAB_BASE_CFG: size, split and format.</summary>
    internal uint ConfigurationRegister => (uint)_streamIdBits | (HasTwoLevels ? (uint)Split << 6 | 1u << 16 : 0);

    /// <summary>Allocates the table for all stream IDs an SMMU knows, every entry invalid.</summary>
    /// <param name="memory">Host memory.</param>
    /// <param name="features">The SMMU's features.</param>
    /// <returns>The table, or ENOMEM.</returns>
    internal static Result<StreamTable> Allocate(PhysicalMemory memory, SmmuFeatures features)
    {
        bool hasTwoLevels = features.HasTwoLevelStreamTable && features.StreamIdBits > Split;
        int streamIdBits = hasTwoLevels ? Math.Min(features.StreamIdBits, FirstLevelShiftMax + Split) : features.StreamIdBits;
        long bytes = hasTwoLevels ? (long)DescriptorBytes << (streamIdBits - Split) : (long)EntryBytes << streamIdBits;
        if (!TableMemory.Allocate(memory, bytes).TryGet(out ulong address, out Errno error))
        {
            return error;
        }

        return new StreamTable(memory, streamIdBits, hasTwoLevels, address);
    }

    /// <summary>Whether the table has room for a stream ID.</summary>
    /// <param name="streamId">The stream ID.</param>
    /// <returns>Whether it is below 2^(stream ID bits).</returns>
    internal bool Covers(uint streamId) => (ulong)streamId >> _streamIdBits == 0;

    /// <summary>Whether a stream ID's entry has memory.</summary>
    /// <param name="streamId">A stream ID the table covers.</param>
    /// <returns>False while its second-level table does not exist.</returns>
    internal bool HasEntry(uint streamId) => !HasTwoLevels || _leaves[streamId >> Split] != 0;

    /// <summary>Where a stream ID's entry lies.</summary>
    /// <param name="streamId">A stream ID whose entry has memory.</param>
    /// <returns>The entry's physical address.</returns>
    internal ulong EntryAddress(uint streamId) => HasTwoLevels
        ? _leaves[streamId >> Split] + (streamId & (LeafEntries - 1)) * EntryBytes
        : _base + streamId * EntryBytes;

    /// <summary>Allocates the second-level table of a stream ID without making it visible.</summary>
    /// <param name="streamId">A stream ID the table covers, whose entry has no memory yet.</param>
    /// <returns>None, or ENOMEM.</returns>
    internal Errno AllocateLeaf(uint streamId)
    {
        Invariant.Hold(!HasEntry(streamId), "a second-level stream table is allocated once");
        if (!TableMemory.Allocate(_memory, EntryBytes << Split).TryGet(out ulong leaf, out Errno error))
        {
            return error;
        }

        _leaves[streamId >> Split] = leaf;
        return Errno.None;
    }

    /// <summary>Makes the second-level table of a stream ID visible to the SMMU.</summary>
    /// <param name="streamId">A stream ID whose entry has memory.</param>
    internal void PublishLeaf(uint streamId)
    {
        // Span n stands for 2^(n-1) entries.
        ulong index = streamId >> Split;
        _memory.WriteWord(_base + index * DescriptorBytes, _leaves[index] | Split + 1);
    }
}
