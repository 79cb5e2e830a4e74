using System.Globalization;
using Iopf.Kernel;
using Iopf.Settings;

namespace Iopf.Workloads;

/// <summary>What the table rests on: every option of the section Cost that it uses, and what is built into the workload.</summary>
public static class CostParameters
{
    private const string Fact = "fact";
    private const string Inferred = "inferred";
    private const string UadkSource = "UADK hisi_sec_test at 1ef8f856";

    private static readonly (string Option, string Unit, string Status, string Source)[] Options =
    [
        (nameof(CostOptions.HandlerNanoseconds), "ns", Fact, "second posting: mean of the handler, with its page"),
        (nameof(CostOptions.SharedHandlerNanoseconds), "ns", Fact, "second posting: mean of iopf_handle_group"),
        (nameof(CostOptions.PremappedPageNanoseconds), "ns per page", Fitted("vfio-10mb at 1"), "pin and map of each further page of a window"),
        (nameof(CostOptions.RecordNanoseconds), "ns", Inferred, "hardware: small beside a wake-up"),
        (nameof(CostOptions.InterruptWakeNanoseconds), "ns", Fitted("vfio-1mb at 1"), "the rest of 10.5 us; not paid when the thread is awake; iopf density assumes 4,250 ns"),
        (nameof(CostOptions.DecodeNanoseconds), "ns", Fitted("vfio-1mb at 100"), "4.7 us per fault while the event thread is awake"),
        (nameof(CostOptions.WorkerWakeNanoseconds), "ns", Fitted("sva-1mb at 1, 100"), "a switch to the worker; a fault takes one CPU 11 us"),
        (nameof(CostOptions.ResponseNanoseconds), "ns", Inferred, "part of the 4.7 us; how they divide is not seen"),
        (nameof(CostOptions.ResumeNanoseconds), "ns", Inferred, "part of the 4.7 us; how they divide is not seen"),
        (nameof(CostOptions.RetryNanoseconds), "ns", Inferred, "hardware: small beside a wake-up"),
        (nameof(CostOptions.ProcessorsPerSmmu), "CPUs", Fitted("sva-1mb at 100"), "hypothesis: event thread and worker share a CPU"),
        (nameof(CostOptions.EventThreadPreempts), "", Fact, "interrupt threads have a real-time priority, workers none"),
        (nameof(CostOptions.GuestStartNanoseconds), "ns", Fitted("vfio, pinned"), "thread start and scheduling on one vCPU"),
        (nameof(CostOptions.HostStartNanoseconds), "ns", Fitted("sva, pinned"), "thread start and scheduling"),
        (nameof(CostOptions.EngineNanosecondsPerMebibyte), "ns per MiB", Fitted("vfio at 1, pinned"), "one message on one engine"),
        (nameof(CostOptions.GuestSteadyNanosecondsPerMebibyte), "ns per MiB", Fitted("vfio, pinned"), "steady state"),
        (nameof(CostOptions.HostSteadyNanosecondsPerMebibyte), "ns per MiB", Fitted("sva, pinned"), "steady state"),
        (nameof(CostOptions.Engines), "engines", Inferred, "775 / 112.5 = 6.9 messages in flight"),
        (nameof(CostOptions.RefaultsPerMillisecond), "per ms", Inferred, "0: see note a"),
    ];

    private static readonly CostParameter[] BuiltIn =
    [
        new("page size", Text((long)Page.Size), "B", Fact, "4 KiB granule"),
        new("chunk header", Text(SecBuffers.ChunkHeaderBytes), "B", Fact, "glibc malloc: 257 and 2561 pages per buffer"),
        new("buffer sets", Text(SecBuffers.Sets), "sets", Inferred, "SVA counts double from 1 to 100 messages, then stay"),
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
            SettableOption known = SettableOptions.Model.OfSection(CostOptions.Section).Single(known => known.Name == option.Option);
            return settings.TryGetValue(known.Key, out string? value) && value != known.Default
                ? new CostParameter(known.Key, value, option.Unit, "set", $"the default, {known.Default}, is {option.Status}: {option.Source}")
                : new CostParameter(known.Key, known.Default, option.Unit, option.Status, option.Source);
        }),
        .. BuiltIn,
    ];

    private static string Fitted(string cell) => $"fitted ({cell})";

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
