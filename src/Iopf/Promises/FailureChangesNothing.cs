using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;
using Iopf.VfioType1;

namespace Iopf.Promises;

/// <summary>V4: a call that fails leaves everything as it was.</summary>
/// <remarks>Pages entered by faults, and the pins that faults took, are left out: they may be taken away at any time, and the next access brings them back.</remarks>
internal sealed class FailureChangesNothing(Type1Containers containers, PhysicalMemory memory, HostKernel kernel, HostView host) : IInvariantChecker
{
    private readonly List<string> _before = [];
    private readonly List<string> _after = [];

    public string Id => "V4";

    public string Promise => "A call that fails leaves the state of containers, pins and accounts unchanged.";

    public void Begin() => Describe(_before);

    public void Check(bool hasFailed, Action<string> report)
    {
        if (!hasFailed)
        {
            return;
        }

        Describe(_after);
        foreach (string gone in _before.Except(_after))
        {
            report($"a call failed, but before it: {gone}");
        }

        foreach (string appeared in _after.Except(_before))
        {
            report($"a call failed, but after it: {appeared}");
        }
    }

    private void Describe(List<string> state)
    {
        state.Clear();
        state.Add($"{kernel.Tally.PagesMapped - kernel.Tally.PagesUnmapped - EnteredByFaults()} pages entered in domains");
        if (!AnyFaultPins())
        {
            state.Add($"{memory.TotalPins} pins");
            state.AddRange(host.Processes.Select(process => $"locked_vm of {process.Name} {process.Mm?.LockedVm}"));
        }

        foreach (Type1Container container in containers.Open)
        {
            state.Add(
                $"{container}: {container.Mappings.Count} mappings, {container.MappingsAvailable} available, {container.VaddrInvalidCount} without vaddr, "
                + $"{container.Domains.Count} domains, {container.NonPinnedGroups} groups write anywhere, IOPF {container.IsIopfEnabled}, "
                + $"dirty log {container.IsTrackingDirtyPages}, iova {string.Join(' ', container.ValidIova)}");
            foreach (DmaMapping mapping in container.Mappings)
            {
                state.Add(
                    $"{container}: {mapping} vaddr {mapping.Vaddr} {mapping.Prot} invalid {mapping.IsVaddrInvalid}, "
                    + $"{mapping.ExternalPins.Count} pinned by drivers");
            }
        }
    }

    private bool AnyFaultPins()
    {
        foreach (Type1Container container in containers.Open)
        {
            foreach (DmaMapping mapping in container.Mappings)
            {
                if (mapping.FaultPins > 0)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private long EnteredByFaults()
    {
        long entered = 0;
        foreach (Type1Container container in containers.Open)
        {
            foreach (DmaMapping mapping in container.Mappings)
            {
                entered += (long)mapping.MappedPages.Count * container.Domains.Count;
            }
        }

        return entered;
    }
}
