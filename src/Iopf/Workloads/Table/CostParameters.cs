using System.Globalization;
using Iopf.Kernel;
using Iopf.Settings;

namespace Iopf.Workloads;

/// <summary>What the table rests on: every option of the section Cost that it uses, and what is built into the workload.</summary>
public static class CostParameters
{
    private const string Fact = "fact";
    private const string Inferred = "inferred";
    private const string UadkSource = "UADK's hisi_sec_test at 1ef8f856, the last change to it before the second posting";

    private static readonly (string Option, string Unit, string Status, string Source)[] Options =
    [
        (nameof(CostOptions.HandlerNanoseconds), "ns", Fact, "second posting: mean time in the handler, VFIO; its first page included"),
        (nameof(CostOptions.SharedHandlerNanoseconds), "ns", Fact, "second posting: mean time in iopf_handle_group, SVA"),
        (nameof(CostOptions.PremappedPageNanoseconds), "ns per page", Fitted("vfio-10mb at 1"), "pin and map of each further page of a window"),
        (nameof(CostOptions.RecordNanoseconds), "ns", Inferred, "hardware, small beside a wake-up; only its sum with the other stages is seen"),
        (nameof(CostOptions.InterruptWakeNanoseconds), "ns", Fitted("vfio-1mb at 1"), "what is left of 10.1 us; not paid by records that the thread finds when it looks again"),
        (nameof(CostOptions.DecodeNanoseconds), "ns", Fitted("vfio-1mb at 100"), "decode + handler + response + resume is what the event thread needs per fault when it does not sleep"),
        (nameof(CostOptions.WorkerWakeNanoseconds), "ns", Fitted("sva-1mb at 100"), "the hop to the work queue; with it a fault takes one CPU about 11 us"),
        (nameof(CostOptions.ResponseNanoseconds), "ns", Inferred, "part of the sum of DecodeNanoseconds; the division is not seen"),
        (nameof(CostOptions.ResumeNanoseconds), "ns", Inferred, "part of the sum of DecodeNanoseconds; the division is not seen"),
        (nameof(CostOptions.RetryNanoseconds), "ns", Inferred, "hardware, as RecordNanoseconds"),
        (nameof(CostOptions.ProcessorsPerSmmu), "CPUs", Fitted("sva-1mb at 100"), "a hypothesis: event thread and worker share one CPU, and waking either takes it; with 2, SVA faults would overlap"),
        (nameof(CostOptions.GuestStartNanoseconds), "ns", Fitted("vfio-1mb and vfio-10mb, pinned"), "thread start and scheduling on one vCPU"),
        (nameof(CostOptions.HostStartNanoseconds), "ns", Fitted("sva-1mb, pinned"), "thread start and scheduling"),
        (nameof(CostOptions.EngineNanosecondsPerMebibyte), "ns per MiB", Fitted("vfio-1mb and vfio-10mb at 1, pinned"), "one message on one engine"),
        (nameof(CostOptions.GuestSteadyNanosecondsPerMebibyte), "ns per MiB", Fitted("vfio-1mb and vfio-10mb, pinned"), "steady state"),
        (nameof(CostOptions.HostSteadyNanosecondsPerMebibyte), "ns per MiB", Fitted("sva-1mb, pinned"), "steady state"),
        (nameof(CostOptions.Engines), "engines", Inferred, "775 / 112.5 = 6.9: so many messages are in flight in the steady state"),
        (nameof(CostOptions.RefaultsPerMillisecond), "per ms", Inferred, "0 unless set: the counts beyond first accesses are not a function of the run"),
    ];

    private static readonly CostParameter[] BuiltIn =
    [
        new("page size", Text((long)Page.Size), "B", Fact, "4 KiB granule"),
        new("chunk header", Text(SecBuffers.ChunkHeaderBytes), "B", Fact, "glibc malloc of an mmapped chunk: 257 and 2561 pages per buffer"),
        new("buffer sets", Text(SecBuffers.Sets), "sets", Inferred, "SVA counts double from 1 to 100 messages and stay: one thread, two sets in rotation"),
        new("submission entry", Text(SecQueue.SubmissionBytes), "B", Fact, "hisi_qm"),
        new("completion entry", Text(SecQueue.CompletionBytes), "B", Fact, "hisi_qm"),
        new("queue depth", Text(SecQueue.Depth), "entries", Fact, UadkSource),
        new("window", "1 and 512", "pages", Fact, "second posting, patch 3; third, patch 4"),
        new("order of use", "key, vector, pages", "", Fact, UadkSource),
    ];

    /// <summary>The parameters with the values of a run.</summary>
    /// <param name="settings">Options by "Section:Name" that the user set.</param>
    /// <returns>The options first, then what is built in.</returns>
    public static IReadOnlyList<CostParameter> With(IReadOnlyDictionary<string, string> settings) =>
    [
        .. Options.Select(option =>
        {
            SettableOption known = SettableOptions.OfSection(CostOptions.Section).Single(known => known.Name == option.Option);
            return settings.TryGetValue(known.Key, out string? value) && value != known.Default
                ? new CostParameter(known.Key, value, option.Unit, "set", $"the default, {known.Default}, is {option.Status}: {option.Source}")
                : new CostParameter(known.Key, known.Default, option.Unit, option.Status, option.Source);
        }),
        .. BuiltIn,
    ];

    private static string Fitted(string cell) => $"fitted ({cell})";

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
