using Iopf.Density;

namespace AdaptiveWindow;

/// <summary>The same rule for a guest of a density study, which says at a fault whether reclaim had taken the page away.</summary>
public sealed class AdaptiveDensity : IPremapLength
{
    private readonly AdaptiveLength _length = new();

    /// <inheritdoc/>
    public int Next(int page, bool wasInvalidated)
    {
        if (wasInvalidated)
        {
            _length.Invalidated();
        }

        int length = _length.Next((ulong)page);
        _length.Mapped((ulong)page, (ulong)length);
        return length;
    }
}
