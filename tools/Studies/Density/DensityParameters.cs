using System.Globalization;
using System.Reflection;
using Iopf.Kernel;
using Iopf.Settings;

namespace Iopf.Density;

/// <summary>Every number a density study rests on, with its origin.</summary>
public static class DensityParameters
{
    private const string Fault = "the faults of the SVA rows of the v2 cover letter: 10.1 us end to end";
    private const string Accelerator = "the throughput rows of the v2 cover letter: one isolated 1 MB message against many";
    private const string Question = "what is asked; set it to your own";
    private const string Nobody = "no published number found";
    private const string Npf = "Lesokhin et al., ASPLOS 2017, table of fault latencies: 4 KB and 4 MB messages";
    private const string CoIommu = "Tian et al., USENIX ATC 2020, publishes the mechanism; no cost per page found";

    /// <summary>What a user may set: the options of the model and those of the study.</summary>
    public static SettableOptions Settable { get; } = SettableOptions.Model.With<DensityOptions>();

    private static readonly (string Name, string Unit, string Status, string Source)[] Origins =
    [
        ("Cost:FaultDeliveryNanoseconds", "ns", "fitted", Fault),
        ("Cost:HandlerNanoseconds", "ns", "fact", "v2 cover letter: mean time in the VFIO handler"),
        ("Cost:PremappedPageNanoseconds", "ns", "fitted", "the VFIO 10 MB row, one message, of the v2 cover letter"),
        ("Density:ReservedMebibytes", "MiB", "choice", Question),
        ("Density:BootMebibytes", "MiB", "choice", Question),
        ("Density:DmaMebibytes", "MiB", "choice", Question),
        ("Density:MessageBytes", "bytes", "choice", "the cover letter's smaller message"),
        ("Density:RunPages", "pages", "assumption", "how scattered a guest's buffers are depends on its age; " + Nobody),
        ("Density:ThinkMicroseconds", "us", "choice", Question),
        ("Density:CpuTouches", "64 KiB pieces", "choice", Question),
        ("Density:CpuTouchesPayload", "", "fact", "UADK's test, which the authors measured, writes 16 bytes of a message"),
        ("Density:DeviceAccessesAge", "", "fact", "the series' notifier has invalidations only; the SMMU's access flag is not used"),
        ("Density:Accelerators", "", "choice", Question),
        ("Density:Engines", "", "inferred", Accelerator),
        ("Density:TransferNanosecondsPerMebibyte", "ns/MiB", "fitted", Accelerator),
        ("Density:WakeUpPercent", "%", "assumption", "at least 80 % of a fault is not the handler (fact); how that divides is not published. 4.25 us here; iopf table fits the same wake-up as 5.6 us"),
        ("Density:EventThreadPercent", "%", "assumption", "as WakeUpPercent"),
        ("Density:HandlerInEventThread", "", "choice", "false: the corrected series; true: as posted (fact)"),
        ("Density:PopulatePercent", "%", "assumption", Nobody + "; clearing 4 KiB at 10 GB/s alone takes 0.4 us"),
        ("Density:CpuFaultNanoseconds", "ns", "assumption", Nobody),
        ("Density:ReclaimPageNanoseconds", "ns", "assumption", Nobody),
        ("Density:InvalidateNanoseconds", "ns", "assumption", Nobody),
        ("Density:SwapLatencyNanoseconds", "ns", "assumption", "an NVMe drive's usual random read"),
        ("Density:SwapMebibytesPerSecond", "MiB/s", "assumption", "an NVMe drive's usual rate"),
        ("Density:TrapNanoseconds", "ns", "assumption", "no cost per request found; Amit et al., USENIX ATC 2011, give throughput"),
        ("Density:IoctlNanoseconds", "ns", "assumption", "one MAP_DMA per page is crosvm's coIOMMU (fact); its cost is not published"),
        ("Density:UnpinPageNanoseconds", "ns", "assumption", Nobody),
        ("Density:TrackPageNanoseconds", "ns", "assumption", CoIommu),
        ("Density:UnpinIntervalMilliseconds", "ms", "fact", "crosvm, devices/src/pci/coiommu.rs: the default of unpin_interval"),
        ("Density:NicFaultNanoseconds", "ns", "recalled", Npf),
        ("Density:NicPageNanoseconds", "ns", "recalled", Npf + ", their difference by page"),
        ("Density:StartIntervalMilliseconds", "ms", "choice", Question),
        ("Density:SettleMilliseconds", "ms", "choice", "longer than it takes the order of reclaim to settle"),
        ("Density:MeasureMilliseconds", "ms", "choice", Question),
    ];

    /// <summary>Whether a study rests on an option.</summary>
    /// <param name="name">The option, as "Section:Name".</param>
    /// <returns>Whether it does.</returns>
    public static bool Has(string name) => Origins.Any(origin => origin.Name == name);

    /// <summary>The numbers of a study.</summary>
    /// <param name="spec">The study.</param>
    /// <returns>Those of the costs, then those of the host and the guests.</returns>
    public static IReadOnlyList<DensityParameter> Of(DensitySpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        DensityOptions defaults = new();
        CostOptions costs = new();
        return [.. Origins.Select(origin =>
        {
            bool isCost = origin.Name.StartsWith("Cost:", StringComparison.Ordinal);
            string name = origin.Name[(origin.Name.IndexOf(':', StringComparison.Ordinal) + 1)..];
            string value = isCost ? Text(spec.Costs, name) : Text(spec.Options, name);
            bool isDefault = value == (isCost ? Text(costs, name) : Text(defaults, name));
            return new DensityParameter(origin.Name, value, origin.Unit, isDefault ? origin.Status : "choice", isDefault ? origin.Source : "set by the user") { IsSet = !isDefault };
        })];
    }

    private static string Text<T>(T options, string name)
    {
        PropertyInfo property = typeof(T).GetProperty(name)!;
        object? value = property.GetValue(options);
        return value is bool flag ? (flag ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
    }
}
