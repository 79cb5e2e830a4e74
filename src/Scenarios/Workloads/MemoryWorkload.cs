using System.Globalization;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;
using Iopf.Scenarios.Steps;
using Iopf.Vfio;

namespace Iopf.Workloads;

/// <summary>Hosts that show how much memory the model takes: a big guest, an idle mapping, many containers.</summary>
/// <remarks>Measured are bytes of the runtime's heap after a collection: the numbers differ a little from run to run, and checkers are off.</remarks>
internal sealed class MemoryWorkload(ModeledHostFactory hosts, RunTotals totals)
{
    private const string User = "vmm";
    private const ulong Ram = 0x4000_0000_0000;
    private const ulong FirstIova = 0x4000_0000;
    private const ulong Window = 512;

    private readonly byte[] _map = new byte[VfioMapDma.Size];

    /// <summary>A guest whose CPU touched all of its memory and whose device then faults all of it in, page by page entered.</summary>
    /// <param name="bytes">The memory.</param>
    /// <returns>The figures; the kernel's error where the patches or options in force do not allow it.</returns>
    public StepOutcome BigGuest(ulong bytes)
    {
        using ModeledHost host = Create(devices: 1);
        long empty = Managed();
        UserRange ram = UserRange.OfLength(new UserAddress(Ram), bytes);
        AddressSpace mm = host.Processes[User].Mm!;
        Require(mm.Mmap(ram, MemoryAccess.Read | MemoryAccess.Write));
        for (ulong page = 0; page < ram.PageCount; page++)
        {
            Require(mm.Write(ram.First.PlusPages(page), [0]));
        }

        long touched = Managed();
        if (!Open(host, 1).TryGet(out VfioContainer? container, out Errno error))
        {
            return error;
        }

        error = Map(host, container, Ram, FirstIova, bytes);
        if (error != Errno.None)
        {
            return error;
        }

        DeviceEngine device = host.Devices["dev1"].Engine!;
        for (ulong page = 0; page < ram.PageCount; page += Window)
        {
            Invariant.Hold(device.Write(new Iova(FirstIova).PlusPages(page), [0]) == DmaState.Completed, "the guest's memory is reached");
        }

        long entered = Managed();
        totals.Add(host);
        ulong least = (ram.PageCount * sizeof(ulong)) + (ram.PageCount / 8);
        return Of(entered)
            .With("pages", host.Kernel.Tally.PagesMapped)
            .With("guest_bytes", touched - empty)
            .With("entered_bytes", entered - touched)
            .With("least_bytes", (long)least)
            .With("ratio", ((double)(entered - touched) / least).ToString("0.000", CultureInfo.InvariantCulture));
    }

    /// <summary>A container with one deferred mapping that no device uses.</summary>
    /// <param name="bytes">The size of the mapping.</param>
    /// <returns>The figures; the kernel's error where the patches or options in force do not allow it.</returns>
    public StepOutcome IdleMapping(ulong bytes)
    {
        using ModeledHost host = Create(devices: 1);
        long empty = Managed();
        Require(host.Processes[User].Mm!.Mmap(UserRange.OfLength(new UserAddress(Ram), bytes), MemoryAccess.Read | MemoryAccess.Write));
        if (!Open(host, 1).TryGet(out VfioContainer? container, out Errno error))
        {
            return error;
        }

        error = Map(host, container, Ram, FirstIova, bytes);
        if (error != Errno.None)
        {
            return error;
        }

        long mapped = Managed();
        totals.Add(host);
        return Of(mapped).With("added_bytes", mapped - empty);
    }

    /// <summary>Containers of one device each, with deferred mappings of one page.</summary>
    /// <param name="containers">How many containers.</param>
    /// <param name="mappings">How many mappings in each.</param>
    /// <returns>The figures; the kernel's error where the patches or options in force do not allow it.</returns>
    public StepOutcome ManyContainers(int containers, int mappings)
    {
        using ModeledHost host = Create(containers);
        long empty = Managed();
        UserRange ram = UserRange.OfPages(new UserAddress(Ram), (ulong)mappings);
        Require(host.Processes[User].Mm!.Mmap(ram, MemoryAccess.Read | MemoryAccess.Write));
        for (int number = 1; number <= containers; number++)
        {
            if (!Open(host, number).TryGet(out VfioContainer? container, out Errno error))
            {
                return error;
            }

            for (ulong page = 0; page < (ulong)mappings; page++)
            {
                // With gaps, so that each is one of its own to the eye as well.
                error = Map(host, container, Ram + (page * Page.Size), FirstIova + (page * 2 * Page.Size), Page.Size);
                if (error != Errno.None)
                {
                    return error;
                }
            }
        }

        long mapped = Managed();
        totals.Add(host);
        return Of(mapped).With("added_bytes", mapped - empty);
    }

    private ModeledHost Create(int devices) => hosts.Unwatched().With("Premap:Length", Window.ToString(CultureInfo.InvariantCulture)).Create(new MachineSpec(
        [new SmmuSpec("smmu0", StallModel.StallOrTerminate)],
        [
            .. Enumerable.Range(1, devices).Select(static number => new DeviceSpec(
                $"dev{number}", "smmu0", (uint)number, number, CanStall: true, PasidBits: 0, BoundDriver.Vfio, CanTransfer: false)),
        ],
        [],
        [new ProcessSpec(User, ulong.MaxValue, HasIpcLock: true)]));

    private static Result<VfioContainer> Open(ModeledHost host, int group)
    {
        Process vmm = host.Processes[User];
        VfioContainer container = host.Vfio.OpenContainer();
        Require(host.Vfio.OpenGroup(group).Value.SetContainer(vmm, container));
        Require(container.SetIommu(vmm, VfioExtension.Type1V2));
        Errno error = container.Ioctl(vmm, VfioIoctl.IommuEnableIopf, new UserArgument(0)).Error;
        return error == Errno.None ? container : error;
    }

    private Errno Map(ModeledHost host, VfioContainer container, ulong vaddr, ulong iova, ulong bytes)
    {
        new VfioMapDma(VfioMapDma.Size, VfioMapDmaBits.Read | VfioMapDmaBits.Write, vaddr, iova, bytes).Write(_map);
        return container.Ioctl(host.Processes[User], VfioIoctl.IommuMapDma, new UserArgument(_map, [])).Error;
    }

    private static StepOutcome Of(long managed)
    {
        using System.Diagnostics.Process self = System.Diagnostics.Process.GetCurrentProcess();
        return StepOutcome.Of("0").With("managed_bytes", managed).With("peak_bytes", self.PeakWorkingSet64);
    }

    private static long Managed() => GC.GetTotalMemory(forceFullCollection: true);

    private static void Require(Errno error) => Invariant.Hold(error == Errno.None, "the host of a workload can do what it is asked to");
}
