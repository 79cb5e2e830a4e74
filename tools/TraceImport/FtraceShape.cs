using System.Globalization;
using Iopf.Kernel;

namespace Iopf.TraceImport;

/// <summary>Makes requests of user space again out of what ftrace saw below them.</summary>
/// <remarks>
/// type1 enters one request run by run of contiguous memory, and tries superpages out with two pages when a group is attached, which the model does by
/// itself. A fault is told how long before it its address was unmapped.
/// </remarks>
internal static class FtraceShape
{
    /// <summary>The trace as user space would have asked for it.</summary>
    public static ImportedTrace Of(ImportedTrace trace)
    {
        if (!trace.Form.Contains("ftrace", StringComparison.Ordinal))
        {
            return trace;
        }

        List<ImportedStep> steps = WithoutProbe(trace.Steps, out bool hasProbe);
        List<string> remarks = [.. trace.Remarks];
        if (hasProbe)
        {
            remarks.Add("the first three lines try superpages out, as type1 does when a group is attached: left to the model");
        }

        remarks.AddRange(steps.Where(step => step.Kind == ImportedKind.Fault).Select(fault => Explain(steps, fault)));
        return trace with { Steps = steps.Exists(step => step.Kind == ImportedKind.Unmap) ? steps : Joined(steps), Remarks = remarks };
    }

    private static List<ImportedStep> WithoutProbe(IReadOnlyList<ImportedStep> steps, out bool found)
    {
        found = steps.Count >= 3
            && steps[0] is { Kind: ImportedKind.Map, Size: 2 * Page.Size }
            && steps[1] is { Kind: ImportedKind.Unmap, Size: Page.Size } && steps[1].Iova == steps[0].Iova
            && steps[2] is { Kind: ImportedKind.Unmap, Size: Page.Size } && steps[2].Iova == steps[0].Iova + Page.Size;
        return [.. steps.Skip(found ? 3 : 0)];
    }

    private static List<ImportedStep> Joined(List<ImportedStep> steps)
    {
        List<ImportedStep> joined = [];
        foreach (ImportedStep step in steps)
        {
            if (joined.Count > 0 && joined[^1] is { Kind: ImportedKind.Map } last && step.Kind == ImportedKind.Map && last.Iova + last.Size == step.Iova)
            {
                joined[^1] = last with { Size = last.Size + step.Size };
            }
            else
            {
                joined.Add(step);
            }
        }

        return joined;
    }

    private static string Explain(List<ImportedStep> steps, ImportedStep fault)
    {
        string what = string.Create(CultureInfo.InvariantCulture, $"line {fault.Line}: fault at 0x{fault.Iova:x}");
        ImportedStep? before = steps.LastOrDefault(step =>
            step.Line < fault.Line && step.Kind != ImportedKind.Fault && step.Iova <= fault.Iova && fault.Iova <= step.Last);
        if (before is null)
        {
            return $"{what}: never mapped as far as the trace shows";
        }

        if (before.Kind == ImportedKind.Map)
        {
            return $"{what}: mapped since line {before.Line}";
        }

        string ago = fault.Seconds - before.Seconds is decimal seconds
            ? string.Create(CultureInfo.InvariantCulture, $"unmapped {seconds * 1000m:0.000} ms ago")
            : "unmapped before";
        return $"{what}: {ago} (line {before.Line}), byte 0x{fault.Iova - before.Iova:x} of a range of 0x{before.Size:x}";
    }
}
