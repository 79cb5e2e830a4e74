using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1;

/// <summary>Which ranges of the owners' memory are being invalidated, and which were lately.</summary>
/// <remarks>
/// A fixed number of ended invalidations is remembered; whoever asks about an older state is told "perhaps", which costs a retry, never a
/// stale translation. Protected by <see cref="Type1Container.PagesLock"/>.
/// </remarks>
public sealed class InvalidationLog
{
    private const int Remembered = 16;
    private readonly Entry[] _ended = new Entry[Remembered];
    private readonly List<Entry> _active = [];

    /// <summary>How many invalidations have ended.</summary>
    public ulong Sequence { get; private set; }

    /// <summary>Notes that a range is being invalidated.</summary>
    /// <param name="mm">Whose memory.</param>
    /// <param name="range">The range.</param>
    public void Begin(AddressSpace mm, UserRange range) => _active.Add(new Entry(mm, range));

    /// <summary>Notes that the invalidation of a range has ended.</summary>
    /// <param name="mm">Whose memory.</param>
    /// <param name="range">The range, as given to <see cref="Begin"/>.</param>
    public void End(AddressSpace mm, UserRange range)
    {
        bool wasActive = _active.Remove(new Entry(mm, range));
        Invariant.Hold(wasActive, "an invalidation that ends has begun");
        _ended[Sequence % Remembered] = new Entry(mm, range);
        Sequence++;
    }

    /// <summary>Whether a range is changing now.</summary>
    /// <param name="mm">Whose memory.</param>
    /// <param name="range">The range.</param>
    /// <returns>Whether an invalidation of a part of it has begun and not ended.</returns>
    public bool IsRunning(AddressSpace mm, UserRange range)
    {
        foreach (Entry entry in _active)
        {
            if (entry.Concerns(mm, range))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a range may have changed since a state, or is changing now.</summary>
    /// <param name="mm">Whose memory.</param>
    /// <param name="range">The range.</param>
    /// <param name="since">The value of <see cref="Sequence"/> at that state.</param>
    /// <returns>Whether pages obtained since then must not be mapped.</returns>
    public bool Touched(AddressSpace mm, UserRange range, ulong since)
    {
        if (IsRunning(mm, range) || Sequence - since > Remembered)
        {
            return true;
        }

        for (ulong sequence = since; sequence < Sequence; sequence++)
        {
            if (_ended[sequence % Remembered].Concerns(mm, range))
            {
                return true;
            }
        }

        return false;
    }

    private readonly record struct Entry(AddressSpace Mm, UserRange Range)
    {
        public bool Concerns(AddressSpace mm, UserRange range) => ReferenceEquals(Mm, mm) && Range.Overlaps(range);
    }
}
