using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Patches;

namespace Iopf.SmmuLog;

/// <summary>Says in sentences what Linux does with a record.</summary>
internal static class KernelViewText
{
    private const int StageAware = 1;
    private const int EnableIopf = 5;
    private const int NestedIopf = 8;

    public static string Of(in EventRecord record, IommuFault? reported, Errno error, bool aborted, FaultReportCapabilities admitted, PatchSet patches)
    {
        if (reported is not { } fault)
        {
            return error == Errno.EOPNOTSUPP
                ? "The driver reports it to nobody (EOPNOTSUPP): it is printed, and that is all. If a transaction caused it, the SMMU has aborted it already."
                : StageRefused(record, error);
        }

        string access = string.Join(" ", PermissionsOf(fault.Permissions));
        string what = fault.Type == FaultType.PageRequest ? $"a page request, group 0x{fault.GroupId:x}," : "an unrecoverable fault";
        string end = aborted
            ? $"Nobody serving it ({error}), the driver ends the stall: CMD_RESUME, abort, STAG 0x{fault.GroupId:x}."
            : $"Nobody serving it ({error}), it is printed; the SMMU has aborted the transaction already.";
        return $"The driver reports {what} of stage {StageOf(fault)} at {fault.Address}, {access}. {ToWhom(fault, admitted, patches)} {end}";
    }

    /// <summary>The names of the permissions a fault asks for.</summary>
    public static IEnumerable<string> PermissionsOf(FaultPermissions permissions)
    {
        foreach (FaultPermissions permission in (FaultPermissions[])[FaultPermissions.Read, FaultPermissions.Write, FaultPermissions.Execute, FaultPermissions.Privileged])
        {
            if ((permissions & permission) != 0)
            {
                yield return permission.ToString().ToLowerInvariant();
            }
        }
    }

    /// <summary>1 or 2.</summary>
    public static int StageOf(in IommuFault fault) => fault.Stage == FaultStage.Stage2 ? 2 : 1;

    private static string StageRefused(in EventRecord record, Errno error) =>
        $"Without patch {StageAware} the driver refuses what happens at stage 2 ({error}) and reports it to nobody"
        + (record.IsStall ? "; the stalled transaction stays stalled." : ".");

    private static string ToWhom(in IommuFault fault, FaultReportCapabilities admitted, PatchSet patches)
    {
        string kind = fault.Type == FaultType.PageRequest ? "the device's I/O page fault handler" : "the device's fault handler";
        FaultReportCapabilities level = fault.Stage == FaultStage.Stage2 ? FaultReportCapabilities.NestedLevel2 : FaultReportCapabilities.NestedLevel1;
        string who = (admitted & level) != 0 && admitted == (FaultReportCapabilities.Flat | level)
            ? $"It is told to {kind}, if that asked for all faults or for those of stage {StageOf(fault)}"
            : $"It is told to {kind}, whatever that asked for";
        return $"{who}; {Vfio(fault, patches)}.";
    }

    private static string Vfio(in IommuFault fault, PatchSet patches)
    {
        if (!patches.Contains(EnableIopf))
        {
            return "VFIO has registered none with these patches";
        }

        return fault.Stage == FaultStage.Stage1 && patches.Contains(NestedIopf)
            ? "VFIO's, once IOPF is enabled, or for a nested device the guest"
            : "VFIO's, once IOPF is enabled for the container";
    }
}
