namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>Caches checked configurations by stream and substream, one per slot.</summary>
internal sealed class ConfigurationCache
{
    private const int SlotBits = 10;

    private readonly StreamContext?[] _slots = new StreamContext?[1 << SlotBits];

    /// <summary>The configuration of a key, or null.</summary>
    public StreamContext? Find(ulong key)
    {
        StreamContext? context = _slots[SlotOf(key)];
        return context is not null && context.Key == key && context.IsValid ? context : null;
    }

    /// <summary>The object a key's configuration belongs in; what it held is forgotten.</summary>
    public StreamContext Claim(ulong key)
    {
        ref StreamContext? slot = ref _slots[SlotOf(key)];
        slot ??= new StreamContext();
        slot.IsValid = false;
        slot.Key = key;
        return slot;
    }

    /// <summary>Forgets the streams whose ID equals <paramref name="streamId"/> in the bits of a mask.</summary>
    public void Invalidate(uint streamId, uint mask)
    {
        foreach (StreamContext? context in _slots)
        {
            if (context is not null && (((uint)(context.Key >> 32) ^ streamId) & mask) == 0)
            {
                context.IsValid = false;
            }
        }
    }

    /// <summary>Forgets one CD; CD 0 also serves traffic without a substream.</summary>
    public void InvalidateContext(uint streamId, uint substreamId)
    {
        Drop(StreamContext.KeyOf(streamId, substreamId));
        if (substreamId == 0)
        {
            Drop(StreamContext.KeyOf(streamId, null));
        }
    }

    private static int SlotOf(ulong key) => (int)((key * 0x9e37_79b9_7f4a_7c15) >> (64 - SlotBits));

    private void Drop(ulong key)
    {
        if (Find(key) is { } context)
        {
            context.IsValid = false;
        }
    }
}
