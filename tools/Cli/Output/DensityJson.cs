using System.Text.Json;
using Iopf.Density;

namespace Iopf.Cli.Output;

/// <summary>A density study as JSON.</summary>
internal static class DensityJson
{
    /// <summary>Writes the members of the document.</summary>
    /// <param name="json">The document.</param>
    /// <param name="study">The study.</param>
    public static void Write(Utf8JsonWriter json, DensityStudy study)
    {
        json.WriteNumber("host_mib", study.Spec.HostMebibytes);
        json.WriteNumber("guest_mib", study.Spec.GuestMebibytes);
        json.WriteNumber("working_set_mib", study.Spec.WorkingSetMebibytes);
        json.WriteNumber("seed", study.Spec.Seed);
        json.WriteObjects("policies", study.Curves, curve =>
        {
            json.WriteString("policy", curve.Policy.Name);
            json.WriteNumber("guests_that_fit", curve.GuestsThatFit);
            if (curve.Inflection is int end)
            {
                json.WriteNumber("no_longer_at", end);
            }
            else
            {
                json.WriteNull("no_longer_at");
            }

            json.WriteNumber("slope_mib_per_second", Math.Round(curve.Slope, 3));
            json.WriteNumber("plateau_mib_per_second", Math.Round(curve.Plateau, 3));
            json.WriteObjects("runs", curve.Runs, run => WriteRun(json, run));
        });
        json.WriteObjects("parameters", DensityParameters.Of(study.Spec), parameter =>
        {
            json.WriteString("name", parameter.Name);
            json.WriteString("value", parameter.Value);
            json.WriteString("unit", parameter.Unit);
            json.WriteString("status", parameter.Status);
            json.WriteString("source", parameter.Source);
        });
    }

    private static void WriteRun(Utf8JsonWriter json, DensityRun run)
    {
        json.WriteNumber("guests", run.Guests);
        json.WriteNumber("admitted", run.Admitted);
        json.WriteNumber("throughput_mib_per_second", Math.Round(run.Throughput, 3));
        json.WriteNumber("messages", run.Messages);
        json.WriteNumber("measured_ns", run.MeasuredNanoseconds);
        json.WriteStartObject("message_ns");
        json.WriteNumber("median", run.Median);
        json.WriteNumber("p99", run.Percentile99);
        json.WriteNumber("p999", run.Percentile999);
        json.WriteNumber("worst_guest_p99", run.WorstGuest99);
        json.WriteEndObject();
        json.WriteStartObject("stages_ns");
        json.WriteNumber("prepare", run.Stages.Prepare);
        json.WriteNumber("queue", run.Stages.Queue);
        json.WriteNumber("faults", run.Stages.Faults);
        json.WriteNumber("transfer", run.Stages.Transfer);
        json.WriteNumber("complete", run.Stages.Complete);
        json.WriteEndObject();
        json.WriteNumber("start_ns", run.StartNanoseconds);
        WriteCounts(json, "measured", run.Counts);
        WriteCounts(json, "in_all", run.AllCounts);
        json.WriteNumber("resident_pages", run.Resident);
        json.WriteNumber("pinned_pages", run.Pinned);
        json.WriteNumber("mapped_pages", run.Mapped);
        json.WriteNumber("busiest_event_thread", Math.Round(run.BusiestEventThread, 6));
        json.WriteObjects("memory", run.Samples, sample =>
        {
            json.WriteNumber("at_ns", sample.AtNanoseconds);
            json.WriteNumber("guests", sample.Guests);
            json.WriteNumber("resident_pages", sample.Resident);
            json.WriteNumber("pinned_pages", sample.Pinned);
            json.WriteNumber("mapped_pages", sample.Mapped);
            json.WriteNumber("swapped_pages", sample.Swapped);
        });
    }

    private static void WriteCounts(Utf8JsonWriter json, string name, PageCounts counts)
    {
        json.WriteStartObject(name);
        json.WriteNumber("faults", counts.Faults);
        json.WriteNumber("refaults", counts.Refaults);
        json.WriteNumber("cpu_refaults", counts.CpuRefaults);
        json.WriteNumber("obtained_pages", counts.Obtained);
        json.WriteNumber("reclaimed_pages", counts.Reclaimed);
        json.WriteNumber("swapped_in_pages", counts.SwappedIn);
        json.WriteNumber("mapped_pages", counts.Mapped);
        json.WriteNumber("unmapped_pages", counts.Unmapped);
        json.WriteEndObject();
    }
}
