using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>The pages of one mapping that vendor drivers pinned, each with its frame and how often.</summary>
/// <remarks>Kernel: <c>struct vfio_pfn</c> and the tree <c>pfn_list</c>.</remarks>
public sealed class ExternalPinList
{
    private static readonly Dictionary<ulong, (Pfn Frame, int References)> None = [];

    // Few mappings are ever pinned by vendor drivers: made by the first pin.
    private Dictionary<ulong, (Pfn Frame, int References)> _pins = None;

    /// <summary>How many pages are pinned.</summary>
    public int Count => _pins.Count;

    /// <summary>The pinned pages.</summary>
    public IEnumerable<(Iova Page, Pfn Frame, int References)> Pins =>
        _pins.Select(pin => (new Iova(pin.Key << Page.Shift), pin.Value.Frame, pin.Value.References));

    /// <summary>Whether a page is pinned.</summary>
    /// <param name="page">The page's iova.</param>
    /// <returns>Whether it is.</returns>
    public bool Contains(Iova page) => _pins.Count > 0 && _pins.ContainsKey(page.PageNumber);

    /// <summary>Looks a page up.</summary>
    /// <param name="page">The page's iova.</param>
    /// <param name="frame">Its frame.</param>
    /// <param name="references">How often it is pinned.</param>
    /// <returns>Whether it is pinned.</returns>
    public bool TryFind(Iova page, out Pfn frame, out int references)
    {
        bool found = _pins.TryGetValue(page.PageNumber, out (Pfn Frame, int References) pin);
        (frame, references) = pin;
        return found;
    }

    /// <summary>Counts one more pin of a page.</summary>
    /// <param name="page">The page's iova.</param>
    /// <param name="frame">Its frame.</param>
    public void Add(Iova page, Pfn frame)
    {
        _pins = ReferenceEquals(_pins, None) ? [] : _pins;
        _pins.TryGetValue(page.PageNumber, out (Pfn Frame, int References) pin);
        _pins[page.PageNumber] = (frame, pin.References + 1);
    }

    /// <summary>Counts one pin of a page less.</summary>
    /// <param name="page">The page's iova.</param>
    /// <returns>Whether it was the last one.</returns>
    public bool Remove(Iova page)
    {
        (Pfn frame, int references) = _pins[page.PageNumber];
        if (references > 1)
        {
            _pins[page.PageNumber] = (frame, references - 1);
            return false;
        }

        return _pins.Remove(page.PageNumber);
    }
}
