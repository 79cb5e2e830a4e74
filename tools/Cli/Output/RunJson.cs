using System.Globalization;
using System.Text.Json;
using Iopf.Scenarios;

namespace Iopf.Cli.Output;

/// <summary>A run as JSON.</summary>
internal static class RunJson
{
    /// <summary>Writes the members of the document.</summary>
    /// <param name="json">The document.</param>
    /// <param name="result">What happened.</param>
    /// <param name="request">What was asked for.</param>
    public static void Write(Utf8JsonWriter json, RunResult result, RunRequest request)
    {
        json.WriteString("scenario", result.Scenario);
        json.WriteNumbers("patches", result.Patches.Numbers);
        json.WriteTexts("errata", [.. result.Errata.Members.Select(erratum => erratum.ToString())]);
        json.WriteNumber("seed", request.Seed);
        WriteDetails(json, "settings", request.Settings);
        json.WriteNumber("faults", result.Faults);
        json.WriteStartObject("responses");
        json.WriteNumber("success", result.Responses.Success);
        json.WriteNumber("invalid", result.Responses.Invalid);
        json.WriteNumber("failure", result.Responses.Failure);
        json.WriteEndObject();
        json.WriteNumber("mapped_pages", result.MappedPages);
        json.WriteNumber("pinned_pages", result.PinnedPages);
        json.WriteNumber("locked_vm", result.LockedVm);
        json.WriteNumber("locked_vm_peak", result.LockedVmPeak);
        json.WriteNumber("iotlb_invalidations", result.IotlbInvalidations);
        json.WriteNumber("virtual_ns", result.VirtualNanoseconds);
        json.WriteViolations(result.Violations);
        json.WriteNumber("failed_expectations", RunVerdict.FailedExpectations(result));
        json.WriteObjects("operations", result.Operations, operation => WriteOperation(json, operation));
        if (result.Rows.Count > 0)
        {
            json.WriteObjects("rows", result.Rows, row => WriteRow(json, row));
        }

        if (request.Dump.Count > 0)
        {
            json.WriteTexts("dump", result.Dump);
        }

        json.WriteTexts("advice", result.Advice);
    }

    private static void WriteOperation(Utf8JsonWriter json, RunOperation operation)
    {
        json.WriteNumber("index", operation.Index);
        json.WriteString("op", operation.Op);
        json.WriteString("result", operation.Result);
        json.WriteString("text", operation.Text);
        if (operation.Expected is not null)
        {
            json.WriteString("expected", operation.Expected);
            json.WriteBoolean("matched", operation.Matched);
        }

        WriteDetails(json, "details", operation.Details);
    }

    private static void WriteRow(Utf8JsonWriter json, RunRow row)
    {
        json.WriteString("config", row.Config);
        json.WriteNumber("premap", row.Premap);
        json.WriteNumber("messages", row.Messages);
        json.WriteNumber("published_faults", row.PublishedFaults);
        json.WriteNumber("faults", row.Faults);
        json.WriteString("note", row.Note);
    }

    /// <summary>Counts are numbers; whatever else a detail holds is text.</summary>
    private static void WriteDetails(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string>> details)
    {
        json.WriteStartObject(name);
        foreach ((string key, string value) in details)
        {
            bool isCount = long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long count)
                && count.ToString(CultureInfo.InvariantCulture) == value;
            if (isCount)
            {
                json.WriteNumber(key, count);
            }
            else
            {
                json.WriteString(key, value);
            }
        }

        json.WriteEndObject();
    }
}
