namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>The slots stalled transactions are held in, each under a tag no other outstanding transaction has.</summary>
/// <remarks>
/// Slots are reused in the order in which they became free, and each use adds the number of slots to the slot's tag: tags come
/// out consecutive, and a late CMD_RESUME for an ended stall finds nothing for the next 65536 / slots uses.
/// </remarks>
internal sealed class StallBuffer
{
    private readonly Slot[] _slots;
    private readonly int[] _free;
    private int _firstFree;

    /// <summary>Creates empty slots.</summary>
    /// <param name="slotCount">How many; a power of two up to 32768.</param>
    public StallBuffer(int slotCount)
    {
        _slots = new Slot[slotCount];
        _free = new int[slotCount];
        for (int slot = 0; slot < slotCount; slot++)
        {
            _free[slot] = slot;
            _slots[slot].Tag = (ushort)slot;
        }
    }

    /// <summary>How many transactions are held.</summary>
    public int Count { get; private set; }

    /// <summary>Whether every slot is taken.</summary>
    public bool IsFull => Count == _slots.Length;

    /// <summary>How many slots there are.</summary>
    public int SlotCount => _slots.Length;

    /// <summary>Holds a transaction; there must be a free slot.</summary>
    /// <returns>Its tag.</returns>
    public ushort Hold(in StalledTransaction transaction)
    {
        ref Slot slot = ref _slots[_free[_firstFree]];
        _firstFree = (_firstFree + 1) & (_slots.Length - 1);
        Count++;
        slot.Transaction = transaction;
        slot.IsTaken = true;
        slot.IsRecorded = false;
        return slot.Tag;
    }

    /// <summary>Notes that the driver can now see the stall: only from then on a command finds it.</summary>
    public void MarkRecorded(ushort tag) => _slots[tag & (_slots.Length - 1)].IsRecorded = true;

    /// <summary>Frees the slot of a stall that the driver cannot see.</summary>
    /// <returns>Whether there still is one under that tag.</returns>
    public bool TryReleaseUnrecorded(ushort tag, out StalledTransaction transaction)
    {
        ref Slot slot = ref _slots[tag & (_slots.Length - 1)];
        if (slot.IsTaken && !slot.IsRecorded && slot.Tag == tag)
        {
            transaction = Release(ref slot, tag & (_slots.Length - 1));
            return true;
        }
        transaction = default;
        return false;
    }

    /// <summary>Frees the slot of a recorded stall.</summary>
    /// <returns>Whether there is one of that stream under that tag.</returns>
    public bool TryRelease(uint streamId, ushort tag, out StalledTransaction transaction)
    {
        ref Slot slot = ref _slots[tag & (_slots.Length - 1)];
        if (slot.IsTaken && slot.IsRecorded && slot.Tag == tag && slot.Transaction.Request.StreamId == streamId)
        {
            transaction = Release(ref slot, tag & (_slots.Length - 1));
            return true;
        }
        transaction = default;
        return false;
    }

    /// <summary>Looks a stall up without changing it.</summary>
    /// <returns>Whether a transaction of that stream is held under that tag.</returns>
    public bool TryPeek(uint streamId, ushort tag, out StalledTransaction transaction)
    {
        ref Slot slot = ref _slots[tag & (_slots.Length - 1)];
        transaction = slot.Transaction;
        return slot.IsTaken && slot.Tag == tag && slot.Transaction.Request.StreamId == streamId;
    }

    /// <summary>Marks the stalls there are now, recorded or not, for <see cref="TryReleaseMarked"/>.</summary>
    /// <param name="streamId">Whose; null for everybody's.</param>
    public void Mark(uint? streamId)
    {
        foreach (ref Slot slot in _slots.AsSpan())
        {
            slot.IsMarked = slot.IsTaken && (streamId is null || slot.Transaction.Request.StreamId == streamId);
        }
    }

    /// <summary>Frees a slot if its stall is marked.</summary>
    /// <returns>Whether it is.</returns>
    public bool TryReleaseMarked(int index, out StalledTransaction transaction)
    {
        ref Slot slot = ref _slots[index];
        if (slot.IsMarked)
        {
            transaction = Release(ref slot, index);
            return true;
        }
        transaction = default;
        return false;
    }

    private StalledTransaction Release(ref Slot slot, int index)
    {
        StalledTransaction transaction = slot.Transaction;
        ushort nextTag = (ushort)(slot.Tag + _slots.Length);
        slot = default;
        slot.Tag = nextTag;
        Count--;
        _free[(_firstFree + (_slots.Length - Count) - 1) & (_slots.Length - 1)] = index;
        return transaction;
    }

    private struct Slot
    {
        public StalledTransaction Transaction;
        public ushort Tag;
        public bool IsTaken;
        public bool IsRecorded;
        public bool IsMarked;
    }
}
