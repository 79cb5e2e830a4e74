using Iopf.ArmSmmuV3.Driver;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;
using Iopf.Vfio;

namespace Iopf.Machine;

/// <summary>The guest behind an assigned device, and the VMM's thread that carries faults to it and answers back.</summary>
public sealed class Guest
{
    private const ushort Asid = 1;

    private readonly HostKernel _kernel;
    private readonly HostDevice _device;
    private readonly Process _vmm;
    private readonly KernelThread _thread;

    /// <summary>Puts a guest behind a device.</summary>
    /// <param name="kernel">The host's kernel.</param>
    /// <param name="device">The device.</param>
    /// <param name="vmm">The VMM.</param>
    public Guest(HostKernel kernel, HostDevice device, Process vmm)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(vmm);
        _kernel = kernel;
        _device = device;
        _vmm = vmm;
        _thread = kernel.Scheduler.CreateThread($"{vmm.Name} faults of {device.Device.Name}", Serve);
        if (device.Pci is not null)
        {
            device.Pci.GuestFaultArrived += () => kernel.Scheduler.Wake(_thread);
        }
    }

    /// <summary>What the guest does with a fault as soon as it arrives.</summary>
    public GuestPolicy Policy { get; set; }

    /// <summary>For <see cref="GuestPolicy.Map"/>: how far guest-physical addresses lie above device addresses.</summary>
    public ulong Offset { get; set; }

    /// <summary>The guest's stage-1 tables, once they are attached.</summary>
    public GuestTables? Tables { get; private set; }

    /// <summary>Builds stage-1 tables in guest memory and puts them under the device.</summary>
    /// <param name="ram">Where guest-physical address 0 is in the VMM.</param>
    /// <param name="firstPage">The guest-physical address of the first page set aside.</param>
    /// <param name="pages">How many pages are set aside.</param>
    /// <returns>None; ESRCH for a VMM that ended; EINVAL without nested translation; the error of the VMM's access.</returns>
    public Errno Attach(ulong ram, ulong firstPage, ulong pages)
    {
        if (_vmm.Mm is not AddressSpace mm)
        {
            return Errno.ESRCH;
        }

        if (Domain is not ArmSmmuDomain domain)
        {
            return Errno.EINVAL;
        }

        GuestTables tables = new(mm, ram, firstPage, pages);
        Errno error = tables.Initialize(Asid, (_device.Device.Iommu?.Master as ArmSmmuMaster)?.StallEnabled ?? false);
        error = error == Errno.None ? domain.AttachGuestTables(_device.Device, new GuestStage1Config(tables.ContextDescriptor, 0)) : error;
        Tables = error == Errno.None ? tables : Tables;
        return error;
    }

    /// <summary>Takes the tables away from the device.</summary>
    /// <returns>None; EINVAL if none are attached.</returns>
    public Errno Detach()
    {
        if (Tables is null || Domain is not ArmSmmuDomain domain)
        {
            return Errno.EINVAL;
        }

        Tables = null;
        return domain.DetachGuestTables(_device.Device);
    }

    /// <summary>The guest enters a page into its tables.</summary>
    /// <param name="iova">The device address.</param>
    /// <param name="ipa">The guest-physical address.</param>
    /// <param name="access">What the device may do.</param>
    /// <returns>None; ENOENT without tables; the errors of <see cref="GuestTables.Map"/>.</returns>
    public Errno Map(Iova iova, ulong ipa, MemoryAccess access)
    {
        using (_kernel.Scheduler.Enter(_vmm.Thread))
        {
            return Tables?.Map(iova, ipa, access) ?? Errno.ENOENT;
        }
    }

    /// <summary>The guest removes pages from its tables and has the translations forgotten.</summary>
    /// <param name="iova">The first device address.</param>
    /// <param name="pages">How many pages.</param>
    /// <returns>None; ENOENT without tables; the error of the VMM's access or of the invalidation.</returns>
    public Errno Unmap(Iova iova, ulong pages)
    {
        if (Tables is null || Domain is not ArmSmmuDomain domain)
        {
            return Errno.ENOENT;
        }

        using (_kernel.Scheduler.Enter(_vmm.Thread))
        {
            for (ulong page = 0; page < pages; page++)
            {
                Errno error = Tables.Unmap(iova.PlusPages(page));
                if (error != Errno.None)
                {
                    return error;
                }
            }

            return domain.InvalidateGuest(_device.Device, new GuestInvalidation(GuestInvalidationScope.Pages, Asid, iova.PageStart, pages));
        }
    }

    /// <summary>The guest answers its oldest open fault.</summary>
    /// <param name="code">The answer.</param>
    /// <returns>The fault's address; ENOENT if there is none; the error of the answer.</returns>
    public Result<Iova> Answer(PageResponseCode code)
    {
        if (_device.Pci is not VfioPci pci || !pci.TryTakeGuestFault(out IommuFault fault))
        {
            return Errno.ENOENT;
        }

        using (_kernel.Scheduler.Enter(_vmm.Thread))
        {
            Errno error = pci.AnswerGuestFault(new PageResponse(fault.GroupId, fault.ResponseNeedsPasid ? fault.Pasid : null, code));
            return error == Errno.None ? fault.Address : error;
        }
    }

    private IommuDomain? Domain => _device.Device.Group?.Domain;

    private void Serve()
    {
        while (Policy != GuestPolicy.Wait && _device.Pci!.TryTakeGuestFault(out IommuFault fault))
        {
            PageResponseCode code = Policy switch
            {
                GuestPolicy.Map => MapFor(fault),
                GuestPolicy.Invalid => PageResponseCode.Invalid,
                _ => PageResponseCode.Failure,
            };
            _kernel.Step(TraceLayer.User, "guest", _device.Device.Name, fault.Address, $"the guest answers {code}");
            _device.Pci.AnswerGuestFault(new PageResponse(fault.GroupId, fault.ResponseNeedsPasid ? fault.Pasid : null, code));
        }
    }

    private PageResponseCode MapFor(in IommuFault fault)
    {
        ulong ipa = fault.Address.PageStart.Value + Offset;
        Errno error = Tables?.Map(fault.Address.PageStart, ipa, MemoryAccess.Read | MemoryAccess.Write) ?? Errno.ENOENT;
        return error == Errno.None ? PageResponseCode.Success : PageResponseCode.Invalid;
    }
}
