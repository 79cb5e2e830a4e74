using System.Text.Json;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.SmmuLog;

namespace Iopf.Cli.Output;

/// <summary>What Linux does with a record, as JSON.</summary>
internal static class DecodeViewJson
{
    /// <summary>Writes the member <c>kernel_view</c>.</summary>
    /// <param name="json">The record's object.</param>
    /// <param name="view">The view.</param>
    public static void Write(Utf8JsonWriter json, KernelView? view)
    {
        if (view is null)
        {
            json.WriteNull("kernel_view");
            return;
        }

        json.WriteStartObject("kernel_view");
        json.WriteString("reported_to", view.ReportedTo);
        json.WriteString("reported_as", view.Fault is { } told ? told.Type == FaultType.PageRequest ? "PageRequest" : "UnrecoverableFault" : null);
        if (view.Fault is { } fault)
        {
            WriteFault(json, fault);
        }

        json.WriteTexts("admitted_by", RegistrationsOf(view.AdmittedBy));
        json.WriteString("errno", view.Error == Errno.None ? null : view.Error.ToCName());
        json.WriteString("answer", view.AnswersWithAbort ? "CMD_RESUME abort" : null);
        json.WriteString("text", view.Text);
        json.WriteEndObject();
    }

    private static void WriteFault(Utf8JsonWriter json, IommuFault fault)
    {
        json.WriteNumber("stage", fault.Stage == FaultStage.Stage2 ? 2 : 1);
        json.WriteString("address", DecodeWords.Hex(fault.Address.Value));
        json.WriteTexts("permissions", DecodeWords.PermissionsOf(fault.Permissions));
        json.WriteString("reason", fault.Type == FaultType.PageRequest ? null : fault.Reason.ToString());
        json.WriteString("group_id", fault.Type == FaultType.PageRequest ? DecodeWords.Hex(fault.GroupId) : null);
        json.WriteString("pasid", fault.Pasid is uint pasid ? DecodeWords.Hex(pasid) : null);
    }

    private static IEnumerable<string> RegistrationsOf(FaultReportCapabilities admitted)
    {
        if ((admitted & FaultReportCapabilities.Flat) != 0)
        {
            yield return "flat";
        }

        if ((admitted & FaultReportCapabilities.NestedLevel1) != 0)
        {
            yield return "nested_level_1";
        }

        if ((admitted & FaultReportCapabilities.NestedLevel2) != 0)
        {
            yield return "nested_level_2";
        }
    }
}
