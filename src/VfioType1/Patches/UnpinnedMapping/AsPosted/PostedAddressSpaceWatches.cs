using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1.Patches.UnpinnedMapping;

/// <summary>Patch 3 as posted: the notifier of the posting, which a second ENABLE_IOPF registers once more (E39).</summary>
internal sealed class PostedAddressSpaceWatches(HostKernel kernel, IPartialUnmapper unmapper)
    : AddressSpaceWatches(kernel, unmapper), IRepeatedWatch, IAsPosted
{
    /// <summary>How often each notifier was registered once too often.</summary>
    private readonly Dictionary<Registration, int> _again = [];

    public static ErrataSet Errata { get; } = ErrataSet.Of([.. PostedNotifier.Errata.Members, Erratum.E39]);

    public Errno WatchAgain(Type1Container container, AddressSpace mm)
    {
        if (Find(container, mm) is not { } registered)
        {
            return Watch(container, mm);
        }

        Errno error = mm.RegisterNotifier(registered.Notifier);
        if (error == Errno.None)
        {
            registered.Users++;
            _again[registered] = _again.GetValueOrDefault(registered) + 1;
        }

        return error;
    }

    public override void Unwatch(Type1Container container, AddressSpace mm)
    {
        if (Find(container, mm) is { } registered && _again.GetValueOrDefault(registered) is > 0 and int again)
        {
            Invariant.Hold(!container.PagesLock.IsHeld, "a running callback needs the pages lock before it can be waited for");
            registered.Users--;
            _again[registered] = again - 1;
            mm.UnregisterNotifier(registered.Notifier);
            return;
        }

        base.Unwatch(container, mm);
    }

    protected override MmuNotifier NotifierFor(Type1Container container)
    {
        MmuNotifier corrected = base.NotifierFor(container);
        return Kernel.Errata.Intersects(PostedNotifier.Errata) ? new PostedNotifier(Kernel, container, (MappedPagesNotifier)corrected) : corrected;
    }
}
