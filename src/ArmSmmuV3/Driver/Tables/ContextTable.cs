using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>The memory of one domain's context descriptors, indexed by substream ID.</summary>
/// <remarks>Kernel: <c>struct arm_smmu_ctx_desc_cfg</c>, <c>arm_smmu_alloc_cd_tables</c>, <c>arm_smmu_free_cd_tables</c>.</remarks>
internal sealed class ContextTable
{
    /// <summary>The size of a context descriptor in bytes.</summary>
    internal const int EntryBytes = ContextDescriptor.SizeBytes;

    private const int LeafShift = 10;
    private const int LeafBytes = EntryBytes << LeafShift;
    private const int DescriptorBytes = 8;

    private readonly PhysicalMemory _memory;
    private readonly ulong[] _leaves;

    private ContextTable(PhysicalMemory memory, int ssidBits, bool hasTwoLevels, ulong @base)
    {
        _memory = memory;
        SsidBits = ssidBits;
        HasTwoLevels = hasTwoLevels;
        Base = @base;
        _leaves = hasTwoLevels ? new ulong[1 << (ssidBits - LeafShift)] : [];
    }

    /// <summary>The table's physical address (STE.S1ContextPtr).</summary>
    internal ulong Base { get; }

    /// <summary>log2 of how many descriptors there are (STE.S1CDMAX).</summary>
    internal int SsidBits { get; }

    /// <summary>Whether descriptors are found through a first-level descriptor.</summary>
    internal bool HasTwoLevels { get; }

    /// <summary>STE.S1Fmt: 0 linear, 2 two levels with 64 KiB leaves.</summary>
    internal int Format => HasTwoLevels ? 2 : 0;

    /// <summary>Allocates a table, every descriptor invalid.</summary>
    /// <param name="memory">Host memory.</param>
    /// <param name="ssidBits">log2 of how many descriptors there are.</param>
    /// <param name="mayHaveTwoLevels">Whether the SMMU walks two levels.</param>
    /// <returns>The table, or ENOMEM.</returns>
    internal static Result<ContextTable> Allocate(PhysicalMemory memory, int ssidBits, bool mayHaveTwoLevels)
    {
        bool hasTwoLevels = mayHaveTwoLevels && ssidBits > LeafShift;
        return TableMemory.Allocate(memory, TopBytes(ssidBits, hasTwoLevels)).TryGet(out ulong address, out Errno error)
            ? new ContextTable(memory, ssidBits, hasTwoLevels, address)
            : error;
    }

    /// <summary>Whether a descriptor has memory.</summary>
    /// <param name="ssid">A substream ID below 2^<see cref="SsidBits"/>.</param>
    /// <returns>False while its leaf does not exist.</returns>
    internal bool HasEntry(uint ssid) => !HasTwoLevels || _leaves[ssid >> LeafShift] != 0;

    /// <summary>Where a descriptor lies.</summary>
    /// <param name="ssid">A substream ID whose descriptor has memory.</param>
    /// <returns>Its physical address.</returns>
    internal ulong EntryAddress(uint ssid) => HasTwoLevels
        ? _leaves[ssid >> LeafShift] + (ssid & ((1u << LeafShift) - 1)) * EntryBytes
        : Base + ssid * EntryBytes;

    /// <summary>Allocates the leaf of a descriptor and makes it visible to the SMMU.</summary>
    /// <param name="ssid">A substream ID whose descriptor has no memory.</param>
    /// <returns>None, or ENOMEM.</returns>
    internal Errno AddLeaf(uint ssid)
    {
        if (!TableMemory.Allocate(_memory, LeafBytes).TryGet(out ulong leaf, out Errno error))
        {
            return error;
        }

        _leaves[ssid >> LeafShift] = leaf;
        _memory.WriteWord(Base + (ssid >> LeafShift) * DescriptorBytes, leaf | 1);
        return Errno.None;
    }

    /// <summary>Frees the table and its leaves.</summary>
    internal void Free()
    {
        foreach (ulong leaf in _leaves)
        {
            if (leaf != 0)
            {
                TableMemory.Free(_memory, leaf, LeafBytes);
            }
        }

        TableMemory.Free(_memory, Base, TopBytes(SsidBits, HasTwoLevels));
    }

    private static long TopBytes(int ssidBits, bool hasTwoLevels) =>
        hasTwoLevels ? (long)DescriptorBytes << (ssidBits - LeafShift) : (long)EntryBytes << ssidBits;
}
