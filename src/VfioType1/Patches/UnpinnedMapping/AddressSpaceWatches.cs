using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1.Patches.UnpinnedMapping;

/// <summary>Patch 3: one MMU notifier for each pair of a container and an address space behind its mappings (E46).</summary>
internal class AddressSpaceWatches(HostKernel kernel, IPartialUnmapper unmapper) : IAddressSpaceWatch
{
    private readonly Dictionary<(Type1Container Container, AddressSpace Mm), Registration> _registrations = [];

    protected HostKernel Kernel { get; } = kernel;

    public Errno Watch(Type1Container container, AddressSpace mm)
    {
        if (Find(container, mm) is { } registered)
        {
            registered.Users++;
            return Errno.None;
        }

        Registration added = new(NotifierFor(container));
        Errno error = mm.RegisterNotifier(added.Notifier);
        if (error == Errno.None)
        {
            _registrations.Add((container, mm), added);
        }

        return error;
    }

    public virtual void Unwatch(Type1Container container, AddressSpace mm)
    {
        Invariant.Hold(!container.PagesLock.IsHeld, "a running callback needs the pages lock before it can be waited for");
        Registration registered = _registrations[(container, mm)];
        if (--registered.Users == 0)
        {
            _registrations.Remove((container, mm));
            mm.UnregisterNotifier(registered.Notifier);
        }
    }

    protected virtual MmuNotifier NotifierFor(Type1Container container) => new MappedPagesNotifier(Kernel, container, unmapper);

    protected Registration? Find(Type1Container container, AddressSpace mm) => _registrations.GetValueOrDefault((container, mm));

    protected sealed class Registration(MmuNotifier notifier)
    {
        public MmuNotifier Notifier { get; } = notifier;

        public int Users { get; set; } = 1;
    }
}
