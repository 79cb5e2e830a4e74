using System.Text.Json;
using Iopf.Comparing;
using Iopf.Errata;
using Iopf.Kernel;
using Iopf.Patches;

namespace Iopf.Cli.Output;

/// <summary>Comparisons as JSON.</summary>
internal static class ComparisonJson
{
    /// <summary>Writes the members of the document.</summary>
    /// <param name="json">The document.</param>
    /// <param name="comparison">The comparison.</param>
    public static void Write(Utf8JsonWriter json, Comparison comparison)
    {
        json.WriteString("scenario", comparison.Left.Result.Scenario);
        json.WriteNumbers("left", comparison.Left.Variant.Patches.Numbers);
        json.WriteNumbers("right", comparison.Right.Variant.Patches.Numbers);
        json.WriteTexts("errata_left", [.. comparison.Left.Result.Errata.Members.Select(erratum => erratum.ToString())]);
        json.WriteTexts("errata_right", [.. comparison.Right.Result.Errata.Members.Select(erratum => erratum.ToString())]);
        json.WriteBoolean("same", comparison.IsSame);
        WriteDifferences(json, comparison.Differences);
        WriteDivergence(json, comparison.Divergence);
    }

    /// <summary>Writes the members of the document.</summary>
    /// <param name="json">The document.</param>
    /// <param name="effects">What each patch changes.</param>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<PatchEffect> effects)
    {
        json.WriteString("scenario", effects[0].Run.Result.Scenario);
        json.WriteObjects("each", effects, effect =>
        {
            json.WriteNumbers("patches", effect.Run.Variant.Patches.Numbers);
            if (effect.Patch is PatchModule patch)
            {
                json.WriteNumber("adds", patch.Number);
                json.WriteString("title", patch.Title);
            }

            json.WriteNumber("faults", effect.Run.Result.Faults);
            json.WriteNumber("mapped_pages", effect.Run.Result.MappedPages);
            json.WriteNumber("pinned_pages", effect.Run.Result.PinnedPages);
            json.WriteNumber("locked_vm_peak", effect.Run.Result.LockedVmPeak);
            json.WriteNumber("iotlb_invalidations", effect.Run.Result.IotlbInvalidations);
            json.WriteNumber("virtual_ns", effect.Run.Result.VirtualNanoseconds);
            WriteDifferences(json, effect.Differences);
            WriteDivergence(json, effect.Divergence);
        });
    }

    private static void WriteDifferences(Utf8JsonWriter json, IReadOnlyList<OutcomeDifference> differences) =>
        json.WriteObjects("differences", differences, difference =>
        {
            json.WriteString("what", difference.What);
            json.WriteString("left", difference.Left);
            json.WriteString("right", difference.Right);
        });

    private static void WriteDivergence(Utf8JsonWriter json, Divergence? divergence)
    {
        if (divergence is null)
        {
            json.WriteNull("divergence");
            return;
        }

        json.WriteStartObject("divergence");
        json.WriteNumber("step", divergence.Step);
        json.WriteBoolean("time_only", divergence.IsTimeOnly);
        json.WriteString("function", divergence.Function);
        WriteStep(json, "left", divergence.Left);
        WriteStep(json, "right", divergence.Right);
        json.WriteObjects("made_by", divergence.MadeBy, maker =>
        {
            if (maker.Patch is PatchModule patch)
            {
                json.WriteNumber("patch", patch.Number);
                json.WriteString("title", patch.Title);
                json.WriteString("module", patch.Module);
            }
            else if (maker.Erratum is Erratum erratum)
            {
                json.WriteString("erratum", erratum.ToString());
                json.WriteString("title", ErrataCatalog.Get(erratum).Title);
                json.WriteNumber("patch", ErrataCatalog.Get(erratum).Patch);
            }
        });
        json.WriteEndObject();
    }

    private static void WriteStep(Utf8JsonWriter json, string name, TraceEvent? step)
    {
        if (step is not TraceEvent found)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteString("thread", found.Thread);
        json.WriteString("function", found.Function);
        json.WriteString("device", found.Device);
        json.WriteString("iova", found.Iova?.ToString());
        json.WriteString("text", found.Text);
        json.WriteNumber("virtual_ns", found.Nanoseconds);
        json.WriteEndObject();
    }
}
