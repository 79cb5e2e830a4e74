using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;
using Iopf.VfioType1;

namespace Iopf.Promises;

/// <summary>A1: every pin has an owner, and locked_vm is what the owners account for.</summary>
internal sealed class PinsAndAccounts(Type1Containers containers, PhysicalMemory memory, HostView host) : IInvariantChecker
{
    private readonly Dictionary<AddressSpace, long> _accounted = [];

    public string Id => "A1";

    public string Promise => "Pins returned are pins taken; locked_vm is the number of accounted pins.";

    public void Check(bool hasFailed, Action<string> report)
    {
        _accounted.Clear();
        long pins = 0;
        foreach (Type1Container container in containers.Open)
        {
            foreach (DmaMapping mapping in container.Mappings)
            {
                (long its, long accounted) = Count(container, mapping);
                pins += its;
                _accounted[mapping.Mm] = _accounted.GetValueOrDefault(mapping.Mm) + accounted;
            }
        }

        if (pins != memory.TotalPins)
        {
            report($"{memory.TotalPins} pages are pinned, but the mappings account for {pins} pins");
        }

        foreach (Process process in host.Processes)
        {
            // A killed process cannot take its mmap lock to correct the count, which dies with it.
            if (!process.Thread.HasFatalSignal && process.Mm is { IsAlive: true } mm && mm.LockedVm != _accounted.GetValueOrDefault(mm))
            {
                report($"locked_vm of {mm.Name} is {mm.LockedVm} pages, but its mappings account for {_accounted.GetValueOrDefault(mm)}");
            }
        }
    }

    /// <summary>A page pinned for the domains and for a vendor driver is pinned twice and accounted once.</summary>
    private (long Pins, long Accounted) Count(Type1Container container, DmaMapping mapping)
    {
        bool isStatic = mapping is { IsIommuMapped: true, IsOnDemand: false };
        long kept = isStatic || mapping.FaultPins > 0 ? KeptPins(container, mapping, isStatic) : 0;
        long external = mapping.ExternalPins.Pins.Count(pin => !memory.IsReserved(pin.Frame));
        return (kept + external, isStatic ? Math.Max(kept, external) : kept + external);
    }

    /// <summary>Pages entered with a pin of their own; a reserved frame, such as the page of zeros, needs none.</summary>
    private long KeptPins(Type1Container container, DmaMapping mapping, bool isStatic)
    {
        if (container.FirstDomain is not { } first)
        {
            return 0;
        }

        long pins = 0;
        for (ulong page = 0; page < mapping.Size >> Page.Shift; page++)
        {
            bool isKept = isStatic || (mapping.MappedPages[page] && !mapping.HeldPages[page]);
            pins += isKept && first.Domain.IovaToPhysical(mapping.IovaOfPage(page)) is { } physical && !memory.IsReserved(Pfn.OfAddress(physical)) ? 1 : 0;
        }

        return pins;
    }
}
