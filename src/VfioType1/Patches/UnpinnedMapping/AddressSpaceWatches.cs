using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1.Patches.UnpinnedMapping;

/// <summary>Patch 3: one MMU notifier for each pair of a container and an address space behind its mappings (E46).</summary>
internal sealed class AddressSpaceWatches(HostKernel kernel, MappedPageRemover remover) : IAddressSpaceWatch
{
    private readonly Dictionary<(Type1Container Container, AddressSpace Mm), Watch> _watches = [];

    Errno IAddressSpaceWatch.Watch(Type1Container container, AddressSpace mm)
    {
        if (_watches.TryGetValue((container, mm), out Watch? watch))
        {
            watch.Users++;
            return Errno.None;
        }

        watch = new Watch(new MappedPagesNotifier(kernel, container, remover));
        Errno error = mm.RegisterNotifier(watch.Notifier);
        if (error == Errno.None)
        {
            _watches.Add((container, mm), watch);
        }

        return error;
    }

    public void Unwatch(Type1Container container, AddressSpace mm)
    {
        Invariant.Hold(!container.PagesLock.IsHeld, "a running callback needs the pages lock before it can be waited for");
        Watch watch = _watches[(container, mm)];
        if (--watch.Users == 0)
        {
            _watches.Remove((container, mm));
            mm.UnregisterNotifier(watch.Notifier);
        }
    }

    private sealed class Watch(MappedPagesNotifier notifier)
    {
        public MappedPagesNotifier Notifier { get; } = notifier;

        public int Users { get; set; } = 1;
    }
}
