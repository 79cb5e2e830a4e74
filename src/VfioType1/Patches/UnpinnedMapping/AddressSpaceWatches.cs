using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1.Patches.UnpinnedMapping;

/// <summary>Patch 3: one MMU notifier for each pair of a container and an address space behind its mappings (E46).</summary>
internal sealed class AddressSpaceWatches(HostKernel kernel, IPartialUnmapper unmapper) : IAddressSpaceWatch, IRepeatedWatch
{
    private readonly Dictionary<(Type1Container Container, AddressSpace Mm), Watch> _watches = [];

    Errno IAddressSpaceWatch.Watch(Type1Container container, AddressSpace mm)
    {
        if (_watches.TryGetValue((container, mm), out Watch? watch))
        {
            watch.Users++;
            return Errno.None;
        }

        MappedPagesNotifier notifier = new(kernel, container, unmapper);
        watch = new Watch(PostedNotifier.IsPosted(kernel) ? new PostedNotifier(kernel, container, notifier) : notifier);
        Errno error = mm.RegisterNotifier(watch.Notifier);
        if (error == Errno.None)
        {
            _watches.Add((container, mm), watch);
        }

        return error;
    }

    public Errno WatchAgain(Type1Container container, AddressSpace mm)
    {
        // Posted: the very notifier that is registered is registered again.
        Errno error = _watches.TryGetValue((container, mm), out Watch? watch)
            ? mm.RegisterNotifier(watch.Notifier)
            : ((IAddressSpaceWatch)this).Watch(container, mm);
        if (error == Errno.None && watch is not null)
        {
            watch.Users++;
            watch.Again++;
        }

        return error;
    }

    public void Unwatch(Type1Container container, AddressSpace mm)
    {
        Invariant.Hold(!container.PagesLock.IsHeld, "a running callback needs the pages lock before it can be waited for");
        Watch watch = _watches[(container, mm)];
        watch.Users--;
        if (watch.Again > 0)
        {
            watch.Again--;
            mm.UnregisterNotifier(watch.Notifier);
        }
        else if (watch.Users == 0)
        {
            _watches.Remove((container, mm));
            mm.UnregisterNotifier(watch.Notifier);
        }
    }

    private sealed class Watch(MmuNotifier notifier)
    {
        public MmuNotifier Notifier { get; } = notifier;

        public int Users { get; set; } = 1;

        /// <summary>How often it was registered once too often (E39).</summary>
        public int Again { get; set; }
    }
}
