using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>Lets devices use the address spaces of processes: binds, unbinds, and numbers them with PASIDs.</summary>
/// <remarks>
/// Kernel: <c>iommu_sva_bind_device</c>, <c>arm_smmu_sva_bind</c>, <c>arm_smmu_sva_unbind</c>.
/// Substream 0, the traffic without a PASID, keeps the domain the device is attached to.
/// </remarks>
public sealed class SvaBonds : ISvaBonds
{
    private readonly Dictionary<AddressSpace, SharedAddressSpace> _shared = [];
    private readonly List<SvaNotifier> _notifiers = [];
    private readonly IdentifierPool _pasids = new(first: 1);

    /// <summary>Starts without any bond.</summary>
    /// <param name="kernel">The host kernel.</param>
    /// <param name="responder">Answers page requests.</param>
    public SvaBonds(HostKernel kernel, PageResponder responder)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        Lock = new KernelMutex(kernel.Scheduler, "sva_lock");
        FaultHandler = new SvaFaultHandler(kernel, this, responder);
    }

    /// <summary>Protects all bonds of all devices.</summary>
    /// <remarks>Kernel: <c>sva_lock</c>.</remarks>
    internal KernelMutex Lock { get; }

    internal IFaultGroupHandler FaultHandler { get; }

    /// <inheritdoc/>
    public AddressSpace? Find(Device device, uint pasid) => Find(pasid);

    /// <summary>The address space behind a PASID.</summary>
    /// <param name="pasid">A PASID.</param>
    /// <returns>The address space; <see langword="null"/> when none has the PASID.</returns>
    /// <remarks>Kernel: <c>iommu_sva_find</c>.</remarks>
    public AddressSpace? Find(uint pasid)
    {
        foreach (SharedAddressSpace shared in _shared.Values)
        {
            if (shared.Pasid == pasid)
            {
                return shared.Mm;
            }
        }

        return null;
    }

    /// <summary>Binds a device to an address space, or counts one more bind of it.</summary>
    /// <param name="device">A device whose SVA feature is enabled, alone in its group.</param>
    /// <param name="mm">The address space.</param>
    /// <returns>
    /// The PASID; ENODEV without SVA or a stage-1 domain; EINVAL when the group has other devices; ENOSPC without a free PASID or ASID;
    /// EOVERFLOW when the address space's PASID is too wide for this device; ENOMEM or EINTR from below.
    /// </returns>
    public Result<uint> Bind(Device device, AddressSpace mm)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(mm);
        if (device.Group is not { } group)
        {
            return Errno.ENODEV;
        }

        using (group.Mutex.Hold())
        {
            if (group.Devices.Count != 1)
            {
                return Errno.EINVAL;
            }

            using (Lock.Hold())
            {
                return BindLocked(device, mm);
            }
        }
    }

    /// <summary>Takes one bind back; the last one invalidates the PASID for the device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="mm">The address space.</param>
    /// <returns>None; EINVAL when they are not bound.</returns>
    public Errno Unbind(Device device, AddressSpace mm)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(mm);
        SvaNotifier? unused;
        using (Lock.Hold())
        {
            if (ArmSmmuMaster.Of(device) is not { } master || BondOf(master, mm) is not { } bond)
            {
                return Errno.EINVAL;
            }

            unused = --bond.References == 0 ? Drop(master, bond) : null;
        }

        if (unused is not null)
        {
            // Waits for running callbacks, of which Release takes the lock; the kernel defers this to the end of the SRCU period.
            mm.UnregisterNotifier(unused);
        }

        return Errno.None;
    }

    private static SvaBond? BondOf(ArmSmmuMaster master, AddressSpace mm)
    {
        foreach (SvaBond bond in master.Bonds)
        {
            if (ReferenceEquals(bond.Notifier.Shared.Mm, mm))
            {
                return bond;
            }
        }

        return null;
    }

    /// <remarks>Kernel: <c>__arm_smmu_sva_bind</c>. Deviation: ENODEV without a stage-1 domain, which the kernel does not check.</remarks>
    private Result<uint> BindLocked(Device device, AddressSpace mm)
    {
        if (ArmSmmuMaster.Of(device) is not { SvaEnabled: true, Domain.Stage1: { } stage1 } master)
        {
            return Errno.ENODEV;
        }

        if (BondOf(master, mm) is { } bond)
        {
            bond.References++;
            return bond.Notifier.Shared.Pasid;
        }

        if (!Share(master, mm).TryGet(out SharedAddressSpace? shared, out Errno error))
        {
            return error;
        }

        if (!Follow(master.Domain!, stage1, shared).TryGet(out SvaNotifier? notifier, out error))
        {
            Unshare(master, shared);
            return error;
        }

        master.Bonds.Add(new SvaBond(notifier));
        return shared.Pasid;
    }

    /// <remarks>Kernel: <c>iommu_sva_alloc_pasid</c>, <c>arm_smmu_alloc_shared_cd</c>.</remarks>
    private Result<SharedAddressSpace> Share(ArmSmmuMaster master, AddressSpace mm)
    {
        uint lastPasid = (1u << master.SsidBits) - 1;
        if (_shared.TryGetValue(mm, out SharedAddressSpace? shared))
        {
            if (shared.Pasid > lastPasid)
            {
                return Errno.EOVERFLOW;
            }
        }
        else
        {
            if (!_pasids.Take(lastPasid).TryGet(out uint pasid, out Errno error))
            {
                return error;
            }

            if (!master.Smmu.Driver.TakeAsid(master.Smmu).TryGet(out ushort asid, out error))
            {
                _pasids.Return(pasid);
                return error;
            }

            shared = new SharedAddressSpace(mm, pasid, asid);
            _shared.Add(mm, shared);
        }

        shared.References++;
        return shared;
    }

    private void Unshare(ArmSmmuMaster master, SharedAddressSpace shared)
    {
        if (--shared.References == 0)
        {
            _shared.Remove(shared.Mm);
            _pasids.Return(shared.Pasid);
            master.Smmu.Driver.ReturnAsid(shared.Asid);
        }
    }

    /// <remarks>Kernel: <c>arm_smmu_mmu_notifier_get</c>.</remarks>
    private Result<SvaNotifier> Follow(ArmSmmuDomain domain, Stage1Context stage1, SharedAddressSpace shared)
    {
        foreach (SvaNotifier present in _notifiers)
        {
            if (ReferenceEquals(present.Domain, domain) && ReferenceEquals(present.Shared, shared))
            {
                present.References++;
                return present;
            }
        }

        SvaNotifier notifier = new(shared, domain, Lock);
        Errno error = shared.Mm.RegisterNotifier(notifier);
        if (error != Errno.None)
        {
            return error;
        }

        error = stage1.Write(
            shared.Pasid,
            stage1.Describe(shared.Asid, shared.Mm.PageTableRoot, ArmSmmuDomain.MemoryAttributes, isProcess: true));
        if (error != Errno.None)
        {
            notifier.IsCleared = true;
            shared.Mm.UnregisterNotifier(notifier);
            return error;
        }

        _notifiers.Add(notifier);
        return notifier;
    }

    /// <remarks>Kernel: <c>arm_smmu_mmu_notifier_put</c>.</remarks>
    private SvaNotifier? Drop(ArmSmmuMaster master, SvaBond bond)
    {
        SvaNotifier notifier = bond.Notifier;
        master.Bonds.Remove(bond);
        SvaNotifier? unused = null;
        if (--notifier.References == 0)
        {
            _notifiers.Remove(notifier);
            notifier.Domain.Stage1!.Clear(notifier.Shared.Pasid);

            // After a release the TLB is empty already, and no walk has been possible since.
            if (!notifier.IsCleared)
            {
                DomainInvalidation.AddressSpace(notifier.Domain.Smmu!, notifier.Shared.Asid);
                notifier.IsCleared = true;
            }

            unused = notifier;
        }

        Unshare(master, notifier.Shared);
        return unused;
    }
}
