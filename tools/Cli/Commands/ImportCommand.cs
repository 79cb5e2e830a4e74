using System.CommandLine;
using System.Globalization;
using Iopf.Cli.Output;
using Iopf.Kernel;
using Iopf.SmmuLog;
using Iopf.TraceImport;

namespace Iopf.Cli.Commands;

/// <summary><c>iopf import</c>: the mappings of a real machine as a scenario that runs.</summary>
internal static class ImportCommand
{
    private const int LogBytesMax = 32 << 20;

    private const string About =
        "Turn what a real machine logged into a scenario: a QEMU vfio trace or error log, the ftrace text of iommu:map and iommu:unmap, a vfio-user or "
        + "DPDK log, info mtree, or /proc/iomem. What was found is said on standard error.";

    /// <summary>Makes the command.</summary>
    /// <param name="terminal">Where it prints.</param>
    /// <returns>The command.</returns>
    public static Command Create(Terminal terminal)
    {
        Argument<string> file = new("FILE") { Description = "The trace, log or layout." };
        Option<string> target = new("--out")
        {
            Description = "Write the scenario to a file, whole or not at all, instead of standard output.",
            HelpName = "SCENARIO",
        };
        Command command = new("import", About) { file, target };
        command.SetAction(parsed =>
        {
            string source = parsed.GetRequiredValue(file);
            ImportedTrace trace = Importer.Read(source, LinesOf(source, terminal.Directory));
            string scenario = ScenarioText.Of(NameOf(source), Path.GetFileName(source), trace);
            if (parsed.GetValue(target) is string path)
            {
                AtomicFile.Write(Path.Combine(terminal.Directory, path), [scenario.TrimEnd('\n')]);
            }
            else
            {
                ResultText.Print(terminal, [scenario.TrimEnd('\n')]);
            }

            foreach (string line in Report(trace))
            {
                terminal.Complain(line);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static IEnumerable<string> Report(ImportedTrace trace)
    {
        int maps = trace.Steps.Count(step => step.Kind == ImportedKind.Map);
        int unmaps = trace.Steps.Count(step => step.Kind == ImportedKind.Unmap);
        int faults = trace.Steps.Count(step => step.Kind == ImportedKind.Fault);
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{trace.Form}, {trace.Lines} lines: {maps} mappings, {unmaps} unmappings, {faults} faults; {trace.Skipped} ranges that are not mapped")
            + (trace.NotUnderstood == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {trace.NotUnderstood} lines not understood"));
        foreach (string remark in trace.Remarks.Concat(ScenarioText.ExplainRefusals(trace)))
        {
            yield return remark;
        }
    }

    private static string NameOf(string source)
    {
        string name = string.Concat(Path.GetFileNameWithoutExtension(source).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '-'));
        return name.Length == 0 ? "imported" : name.Length <= 64 ? name : name[..64];
    }

    // Read whole, so that whatever cannot be read is found before anything is imported; a device may have no end.
    private static List<string> LinesIn(string source, string path)
    {
        using FileStream file = File.OpenRead(path);
        byte[] bytes = new byte[LogBytesMax + 1];
        int count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (count > LogBytesMax)
        {
            throw new InputException($"{source}: expected a log of at most {LogBytesMax >> 20} MiB; cut the part that is to be imported out of it");
        }

        return [.. PlainText.LinesOf(bytes.AsSpan(0, count))];
    }

    private static List<string> LinesOf(string source, string directory)
    {
        string path = Path.Combine(directory, source);
        if (Directory.Exists(path))
        {
            throw new InputException($"{source}: expected a file, found a directory");
        }

        try
        {
            return LinesIn(source, path);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InputException($"{source}: cannot be read: {failed.Message}", failed);
        }
    }
}
