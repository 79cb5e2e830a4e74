using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;
using Microsoft.Extensions.Options;

namespace Iopf.VfioType1;

/// <summary>The order of the posted patch 5: faults start under iommu-&gt;lock (E43), and in the group's first, perhaps temporary domain (E42, E76).</summary>
/// <remarks>Kernel: <c>vfio_iommu_type1_attach_group</c> of the posting.</remarks>
internal sealed class PostedGroupAttach(
    HostKernel kernel,
    PhysicalMemory memory,
    IMappingReplay replay,
    IEnumerable<IGroupAttachStep> steps,
    GroupDetach detach,
    IOptions<Type1Options> options)
    : GroupAttach(kernel, memory, replay, steps, detach, options), IAsPosted
{
    private readonly bool _startsInFirstDomain = kernel.IsPosted(Erratum.E42) || kernel.IsPosted(Erratum.E76);

    public static ErrataSet Errata { get; } = ErrataSet.Of(Erratum.E42, Erratum.E43, Erratum.E76);

    protected override Errno AttachAndStart(Type1Container container, IommuGroup iommuGroup, Process? caller)
    {
        if (!_startsInFirstDomain && !Kernel.IsPosted(Erratum.E43))
        {
            return base.AttachAndStart(container, iommuGroup, caller);
        }

        using (container.Lock.Hold(Function))
        {
            Errno error = Attach(container, iommuGroup, caller, out Type1Group? group);
            return error == Errno.None && !_startsInFirstDomain ? StartFaults(container, group!) : error;
        }
    }

    protected override Errno AttachToDomain(Type1Container container, Type1Group group, IIommuDriver driver, IommuDomain domain, Process? caller)
    {
        if (!_startsInFirstDomain)
        {
            return base.AttachToDomain(container, group, driver, domain, caller);
        }

        bool hasStarted = false;
        Errno error = AttachFirst(container, group, domain);
        if (error == Errno.None)
        {
            error = WithoutLock(container, () => NotifyAttached(container, group));
            hasStarted = error == Errno.None;
            Kernel.Scheduler.Point("iommu_attach_group");
            error = hasStarted ? MoveToFinalDomain(container, group, driver, domain, caller) : error;
            if (error != Errno.None)
            {
                if (hasStarted && !Kernel.IsPosted(Erratum.E42))
                {
                    StopFaults(container, group);
                }

                DetachFirst(group, domain);
            }
        }

        if (error != Errno.None)
        {
            domain.Free();

            // The faults are switched off after the domain is gone (E42).
            if (hasStarted && Kernel.IsPosted(Erratum.E42))
            {
                Kernel.Scheduler.Point("iommu_domain_free");
                StopFaults(container, group);
            }
        }

        return error;
    }

    private void StopFaults(Type1Container container, Type1Group group) =>
        WithoutLock(container, () =>
        {
            NotifyDetaching(container, group);
            return Errno.None;
        });

    /// <summary>Takes steps in the place where the posted code has them; iommu-&gt;lock is kept only if that is on as well (E43).</summary>
    private Errno WithoutLock(Type1Container container, Func<Errno> steps)
    {
        if (Kernel.IsPosted(Erratum.E43))
        {
            return steps();
        }

        container.Lock.Unlock();
        try
        {
            return steps();
        }
        finally
        {
            container.Lock.Lock(Function);
        }
    }
}
