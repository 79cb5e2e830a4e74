using System.Runtime.CompilerServices;

namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>Caches whole translations, both stages in one entry, by VMID, ASID and the stages that made them.</summary>
/// <remarks>
/// Four ways per set, replaced in turn. Faults and upper levels are not cached. A global entry hits only under the ASID it was
/// filled for, which is allowed, but is invalidated under any. TLBI_S2_IPA takes only entries without a stage 1: the driver
/// must invalidate stage 1 as well after it changed the stage 2 below it (Arm IHI 0070, section 3.17).
/// </remarks>
/// <param name="entryCount">How many translations it holds; a power of two, at least 16.</param>
internal sealed class Tlb(int entryCount)
{
    /// <summary>Only stage 1 translated.</summary>
    public const ulong Stage1Only = 1UL << 32;

    /// <summary>Only stage 2 translated.</summary>
    public const ulong Stage2Only = 2UL << 32;

    /// <summary>Both stages translated.</summary>
    public const ulong BothStages = 3UL << 32;

    private const int WayCount = 4;
    private const int PageShift = 12;
    private const int MediumShift = 21;
    private const int LargeShift = 30;

    private const int BankShift = 6;

    // So many sets each, made when one of them is first filled: most machines of a sweep translate a few pages and go.
    private readonly TlbEntry[]?[] _banks = new TlbEntry[]?[Math.Max(1, entryCount / WayCount >> BankShift)];
    private readonly byte[] _nextWay = new byte[entryCount / WayCount];
    private readonly uint _setMask = (uint)(entryCount / WayCount) - 1;
    private int _count;
    private int _mediumCount;
    private int _largeCount;
    private int _globalCount;

    // Where an entry may be; nowhere as long as none is in use.
    private TlbEntry[]?[] Filled => _count == 0 ? [] : _banks;

    /// <summary>The entries in use; a view for dumps.</summary>
    public IEnumerable<TlbEntry> Entries => Filled.SelectMany(static bank => bank ?? []).Where(static entry => entry.Tag != 0);

    /// <summary>Packs what distinguishes the translations of one context: stages, VMID (31:16), ASID (15:0).</summary>
    public static ulong TagOf(bool hasStage1, bool hasStage2, ushort vmid, ushort asid) =>
        (hasStage1, hasStage2) switch
        {
            (true, true) => BothStages | ((ulong)vmid << 16) | asid,
            (true, false) => Stage1Only | ((ulong)vmid << 16) | asid,
            (false, true) => Stage2Only | ((ulong)vmid << 16),
            _ => 0,
        };

    /// <summary>Looks an address up.</summary>
    /// <returns>The entry, or a null reference.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref TlbEntry Find(ulong tag, ulong address)
    {
        ref TlbEntry entry = ref Probe(tag, address, PageShift);
        return ref Unsafe.IsNullRef(ref entry) && (_mediumCount | _largeCount) != 0 ? ref FindBlock(tag, address) : ref entry;
    }

    /// <summary>Caches a translation that is not cached yet.</summary>
    public void Fill(ulong tag, ulong address, in Translation translation)
    {
        int set = SetOf(tag, address, translation.SizeLog2);
        _banks[set >> BankShift] ??= new TlbEntry[WayCount << BankShift];
        Span<TlbEntry> ways = WaysOf(set);
        ref TlbEntry victim = ref ways[0];
        int way = 0;
        while (victim.Tag != 0 && ++way < WayCount)
        {
            victim = ref ways[way];
        }
        if (way == WayCount)
        {
            victim = ref ways[_nextWay[set]];
            _nextWay[set] = (byte)((_nextWay[set] + 1) % WayCount);
            Remove(ref victim);
        }
        victim.Set(tag, address, in translation);
        Count(in victim, 1);
    }

    /// <summary>Forgets everything.</summary>
    public void InvalidateAll()
    {
        foreach (TlbEntry[]? bank in Filled)
        {
            bank?.AsSpan().Clear();
        }
        _count = _mediumCount = _largeCount = _globalCount = 0;
    }

    /// <summary>Forgets the translations of a VMID that have a stage 1, or all of them.</summary>
    public void InvalidateVmid(ushort vmid, bool withStage2Only)
    {
        foreach (TlbEntry[]? bank in Filled)
        {
            foreach (ref TlbEntry entry in bank.AsSpan())
            {
                if (entry.Tag != 0 && (ushort)(entry.Tag >> 16) == vmid && (withStage2Only || HasStage1(entry.Tag)))
                {
                    Remove(ref entry);
                }
            }
        }
    }

    /// <summary>Forgets the non-global translations of a VMID and ASID.</summary>
    public void InvalidateAsid(ushort vmid, ushort asid)
    {
        uint vmidAndAsid = ((uint)vmid << 16) | asid;
        foreach (TlbEntry[]? bank in Filled)
        {
            foreach (ref TlbEntry entry in bank.AsSpan())
            {
                if (entry.Tag != 0 && (uint)entry.Tag == vmidAndAsid && HasStage1(entry.Tag) && !entry.IsGlobal)
                {
                    Remove(ref entry);
                }
            }
        }
    }

    /// <summary>Forgets what stage 1, alone or on top of stage 2, makes of an address in a VMID and ASID, and what is global.</summary>
    public void InvalidateAddress(ushort vmid, ushort asid, ulong address)
    {
        ulong vmidAndAsid = ((ulong)vmid << 16) | asid;
        InvalidateTagged(Stage1Only | vmidAndAsid, address);
        InvalidateTagged(BothStages | vmidAndAsid, address);
        if (_globalCount != 0)
        {
            InvalidateEveryAsid(vmid, address, globalOnly: true);
        }
    }

    /// <summary>Forgets what stage 1 makes of an address in a VMID, whatever the ASID.</summary>
    public void InvalidateAddress(ushort vmid, ulong address) => InvalidateEveryAsid(vmid, address, globalOnly: false);

    /// <summary>Forgets what stage 2 alone makes of an IPA in a VMID.</summary>
    public void InvalidateIpa(ushort vmid, ulong ipa) => InvalidateTagged(Stage2Only | ((ulong)vmid << 16), ipa);

    private static bool HasStage1(ulong tag) => (tag & Stage1Only) != 0;

    private void InvalidateEveryAsid(ushort vmid, ulong address, bool globalOnly)
    {
        foreach (TlbEntry[]? bank in Filled)
        {
            foreach (ref TlbEntry entry in bank.AsSpan())
            {
                if (entry.Tag != 0 && (ushort)(entry.Tag >> 16) == vmid && HasStage1(entry.Tag) && (entry.IsGlobal || !globalOnly)
                    && entry.InputAndSize == TlbEntry.InputOf(address, entry.SizeLog2))
                {
                    Remove(ref entry);
                }
            }
        }
    }

    private void InvalidateTagged(ulong tag, ulong address)
    {
        RemoveIfFound(ref Probe(tag, address, PageShift));
        if (_mediumCount != 0)
        {
            RemoveIfFound(ref Probe(tag, address, MediumShift));
        }
        if (_largeCount != 0)
        {
            RemoveIfFound(ref Probe(tag, address, LargeShift));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ref TlbEntry FindBlock(ulong tag, ulong address)
    {
        ref TlbEntry entry = ref Probe(tag, address, MediumShift);
        return ref Unsafe.IsNullRef(ref entry) && _largeCount != 0 ? ref Probe(tag, address, LargeShift) : ref entry;
    }

    private ref TlbEntry Probe(ulong tag, ulong address, int sizeLog2)
    {
        ulong input = TlbEntry.InputOf(address, sizeLog2);
        foreach (ref TlbEntry entry in WaysOf(SetOf(tag, address, sizeLog2)))
        {
            if (entry.InputAndSize == input && entry.Tag == tag)
            {
                return ref entry;
            }
        }
        return ref Unsafe.NullRef<TlbEntry>();
    }

    /// <summary>The entries of a set; none as long as nothing of its bank was filled.</summary>
    private Span<TlbEntry> WaysOf(int set)
    {
        TlbEntry[]? bank = _banks[set >> BankShift];
        return bank is null ? [] : bank.AsSpan((set & ((1 << BankShift) - 1)) * WayCount, WayCount);
    }

    /// <summary>Neighbouring pages of one context go to neighbouring sets; contexts are spread by a multiplicative hash.</summary>
    private int SetOf(ulong tag, ulong address, int sizeLog2)
    {
        ulong page = address >> sizeLog2;
        return (int)((uint)(page ^ (page >> 18) ^ ((tag * 0x9e37_79b9_7f4a_7c15) >> 40)) & _setMask);
    }

    private void RemoveIfFound(ref TlbEntry entry)
    {
        if (!Unsafe.IsNullRef(ref entry))
        {
            Remove(ref entry);
        }
    }

    private void Remove(ref TlbEntry entry)
    {
        Count(in entry, -1);
        entry = default;
    }

    private void Count(in TlbEntry entry, int change)
    {
        _count += change;
        _mediumCount += entry.SizeLog2 == MediumShift ? change : 0;
        _largeCount += entry.SizeLog2 == LargeShift ? change : 0;
        _globalCount += entry.IsGlobal ? change : 0;
    }
}
