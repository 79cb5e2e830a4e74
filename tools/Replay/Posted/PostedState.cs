using System.Text.Json.Nodes;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.VfioType1;

namespace Iopf.Replay.Posted;

/// <summary>The state of the machine in the sections of the recording.</summary>
internal sealed class PostedState(PostedMachine machine)
{
    private readonly Dictionary<string, string> _last = [];

    /// <summary>Writes the sections that changed since the last time; all of them the first time.</summary>
    /// <returns>The sections.</returns>
    public JsonObject Changed()
    {
        JsonObject changed = [];
        foreach ((string name, JsonNode? section) in Sections())
        {
            string text = section?.ToJsonString() ?? "null";
            if (!_last.TryGetValue(name, out string? before) || before != text)
            {
                _last[name] = text;
                changed[name] = section;
            }
        }

        return changed;
    }

    private IEnumerable<(string Name, JsonNode? Section)> Sections()
    {
        Type1Container? container = machine.Container;
        yield return ("enabled", container is { IsIopfEnabled: true, IsReleased: false });
        yield return ("domains", Domains(container));
        yield return ("external", container?.ExternalGroups is { } external ? List(external, group => group.IommuGroup.Id) : null);
        yield return ("dmas", Mappings(container, Mapping));
        yield return ("bitmap", Mappings(container, Bitmap));
        yield return ("vpfns", VendorPins(container));
        yield return ("iopf_groups", Groups());
        yield return ("mapped", Mapped(container));
        yield return ("devices", List(machine.Devices, Device));
        yield return ("next_pfn", machine.Memory.NextFrame);
        yield return ("pins", List(Runs.Of(machine.Memory.PinCounts, (pin, next) => pin == next), run => Array(run.First, run.Count, run.Value)));
        for (int i = 0; i < machine.Processes.Count; i++)
        {
            string suffix = i == 0 ? "" : "2";
            RecordedAddressSpace space = machine.Processes[i].Space;
            yield return ($"locked_vm{suffix}", space.LockedVm);
            yield return ($"mm{suffix}", Array(space.References, space.IsLooped ? "loop" : space.NotifierCount));
            yield return ($"as{suffix}", Pages(space));
        }

        yield return ("stale", Broken(container, isOrphan: false));
        yield return ("orphans", Broken(container, isOrphan: true));
    }

    private static JsonArray Array(params ReadOnlySpan<JsonNode?> entries) => new([.. entries]);

    private static JsonArray List<T>(IEnumerable<T> items, Func<T, JsonNode?> write) => new([.. items.Select(write)]);

    private static List<DmaMapping> All(Type1Container? container)
    {
        List<DmaMapping> mappings = [];
        for (int i = 0; i < (container?.Mappings.Count ?? 0); i++)
        {
            mappings.Add(container!.Mappings[i]);
        }

        return mappings;
    }

    private static JsonArray Mappings(Type1Container? container, Func<DmaMapping, JsonNode> write) =>
        List(All(container), write);

    private static JsonArray Mapping(DmaMapping mapping) => Array(
        mapping.Iova.PageNumber,
        mapping.Size >> Page.Shift,
        mapping.Vaddr.Value >> Page.Shift,
        RecordedText.Of(mapping.Prot),
        mapping.IsIommuMapped,
        mapping.IsVaddrInvalid);

    private static JsonArray Bitmap(DmaMapping mapping)
    {
        if (!mapping.HasMappedPages)
        {
            return Array(mapping.Iova.PageNumber, null);
        }

        JsonArray runs = [];
        ulong last = (mapping.Size >> Page.Shift) - 1;
        for (ulong? next = mapping.MappedPages.NextSet(0, last); next is { } page; next = page <= last ? mapping.MappedPages.NextSet(page, last) : null)
        {
            ulong length = mapping.MappedPages.RunLength(page, last);
            runs.Add((JsonNode)Array(mapping.Iova.PageNumber + page, length));
            page += length;
        }

        return Array(mapping.Iova.PageNumber, runs);
    }

    private static JsonArray Domains(Type1Container? container) => container is null
        ? []
        : List(container.Domains, domain => Array(((RecordedDomain)domain.Domain).Id, List(domain.Groups, group => group.IommuGroup.Id)));

    private static JsonArray VendorPins(Type1Container? container)
    {
        JsonArray pins = [];
        foreach (DmaMapping mapping in All(container))
        {
            SortedDictionary<ulong, (ulong Frame, int References)> byPage = [];
            foreach ((Iova page, Pfn frame, int references) in mapping.ExternalPins.Pins)
            {
                byPage.Add(page.PageNumber, (frame.Value, references));
            }

            foreach ((ulong first, ulong count, (ulong Frame, int References) pin) in Runs.Of(
                byPage, (pin, next) => pin.Frame + 1 == next.Frame && pin.References == next.References))
            {
                pins.Add((JsonNode)Array(first, count, pin.Frame, pin.References));
            }
        }

        return pins;
    }

    private JsonArray Groups() => List(machine.LinkedGroups.OrderBy(linked => linked.Group.Id), linked =>
    {
        JsonArray entry = Array(
            linked.Group.Id,
            machine.Scopes.IsSelective(linked.Group),
            List(machine.Scopes.RangesOf(linked.Group), range => Array(range.First, range.Count, range.References)));
        if (linked.Container.IsReleased)
        {
            entry.Add((JsonNode)"dangling");
        }

        return entry;
    });

    private static JsonObject Mapped(Type1Container? container)
    {
        JsonObject mapped = [];
        foreach (RecordedDomain domain in DomainsOf(container).OrderBy(domain => domain.Id))
        {
            mapped[$"{domain.Id}"] = List(
                Runs.Of(domain.Entries, (entry, next) => entry.Frame + 1 == next.Frame && entry.Prot == next.Prot),
                run => Array(run.First, run.Count, run.Value.Frame, RecordedText.Of(run.Value.Prot)));
        }

        return mapped;
    }

    private static IEnumerable<RecordedDomain> DomainsOf(Type1Container? container) =>
        container?.Domains.Select(domain => (RecordedDomain)domain.Domain) ?? [];

    private JsonNode Device(Device device) => Array(
        device.Name,
        device.Iommu?.Driver.IsFeatureEnabled(device, IommuFeature.Iopf) ?? false,
        device.Iommu is { HasFaultHandler: true } ? HandlerOf(device) : null,
        List(device.Iommu?.PendingGroups ?? [], id => id));

    private string HandlerOf(Device device)
    {
        FaultReportCapabilities capabilities = machine.Handlers.CapabilitiesOf(device);
        return ((capabilities & FaultReportCapabilities.Flat) != 0 ? "FLAT" : "")
            + ((capabilities & FaultReportCapabilities.NestedLevel1) != 0 ? "L1" : "")
            + ((capabilities & FaultReportCapabilities.NestedLevel2) != 0 ? "L2" : "");
    }

    private static JsonArray Pages(RecordedAddressSpace space) => List(
        Runs.Of(space.Pages, (page, next) => next == page with { Frame = page.Frame + 1 }),
        run =>
        {
            JsonArray entry = Array(run.First, run.Count, RecordedText.Of(run.Value.Access), run.Value.Frame);
            foreach (string flag in FlagsOf(run.Value))
            {
                entry.Add((JsonNode)flag);
            }

            return entry;
        });

    private static IEnumerable<string> FlagsOf(RecordedPage page)
    {
        if (page.IsCow)
        {
            yield return "cow";
        }

        if (page.IsDeviceMemory)
        {
            yield return "pfnmap";
        }

        if (page.Fails)
        {
            yield return "fail";
        }
    }

    private JsonArray Broken(Type1Container? container, bool isOrphan)
    {
        JsonArray broken = [];
        foreach (RecordedDomain domain in DomainsOf(container).OrderBy(domain => domain.Id))
        {
            SortedDictionary<ulong, bool> pages = [];
            foreach ((ulong page, RecordedEntry entry) in domain.Entries)
            {
                DmaMapping? mapping = container!.Mappings.Find(new Iova(page << Page.Shift));
                if (isOrphan ? mapping is null : mapping is not null && IsStale(mapping, page, entry))
                {
                    pages.Add(page, true);
                }
            }

            foreach ((ulong first, ulong count, bool _) in Runs.Of(pages, (_, _) => true))
            {
                broken.Add((JsonNode)Array(domain.Id, first, count));
            }
        }

        return broken;
    }

    private bool IsStale(DmaMapping mapping, ulong page, RecordedEntry entry)
    {
        ulong vpage = mapping.VaddrOf(new Iova(page << Page.Shift)).Value >> Page.Shift;
        RecordedAddressSpace space = ((RecordedProcess)mapping.Task).Space;
        bool isBehind = space.Pages.TryGetValue(vpage, out RecordedPage? there) && there.Frame == entry.Frame;
        return !isBehind && !machine.Memory.PinCounts.ContainsKey(entry.Frame);
    }
}
