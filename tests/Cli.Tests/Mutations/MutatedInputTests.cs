using System.Globalization;
using System.Text.RegularExpressions;
using Iopf.Replay;
using Iopf.TestKit;
using Xunit.Abstractions;

namespace Iopf.Cli.Tests.Mutations;

/// <summary>
/// Damaged scenarios and recordings: the command answers with 0, 1 or 2, says one line if it is 2, and never hangs.
/// IOPF_MUTATE_CASES and IOPF_MUTATE_SEED make it more than a slice (eng/mutate).
/// </summary>
public sealed class MutatedInputTests(ITestOutputHelper log) : IDisposable
{
    private const int RecordedLines = 60;
    private const int SliceStarts = 12;
    private const int MaxFailures = 20;
    private const string Slow = "cover-letter.json";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly string[][] DecodeForms = [[], ["--json"], ["--summary"], ["--follow"], ["--follow", "--json"]];
    private static readonly string[] Specs = ["all", "none", "1-3,5-6", "2-8", "4", "all"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("iopf-mutate-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Damaged_input_ends_with_exit_code_0_1_or_2_and_at_most_one_line_of_complaint() => AssertEnds(Math.Min(Setting("IOPF_MUTATE_CASES", 2000), 300));

    [Fact]
    [Trait("Suite", "Slow")]
    public void More_damaged_input_ends_with_exit_code_0_1_or_2_and_at_most_one_line_of_complaint() => AssertEnds(Setting("IOPF_MUTATE_CASES", 2000));

    private void AssertEnds(int cases)
    {
        int seed = Setting("IOPF_MUTATE_SEED", 20210409);
        List<Input> inputs = [.. Scenarios(), .. Recordings(), .. Logs()];
        Input[] urn = [.. inputs.SelectMany(input => Enumerable.Repeat(input, input.Weight))];
        List<string> vocabulary = [.. inputs.SelectMany(input => Regex.Matches(input.Text, "\"[^\"\n]*\"").Select(match => match.Value)).Distinct()];
        int[] codes = new int[3];
        List<string> failures = [];
        for (int index = 0; index < cases && failures.Count < MaxFailures; index++)
        {
            Random random = new(unchecked(seed + index));
            Input input = urn[random.Next(urn.Length)];
            byte[] mutated = new InputMutator(random.Next(), vocabulary).Mutate(input.Text);
            (int code, string failure) = Run(unchecked(seed + index), input, mutated, random);
            if (failure.Length != 0)
            {
                failures.Add(failure);
                continue;
            }

            codes[code]++;
        }

        log.WriteLine($"{cases} mutations of {inputs.Count} inputs: {codes[0]} ended with 0, {codes[1]} with 1, {codes[2]} with 2");
        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
    }

    private (int Code, string Failure) Run(int seed, Input input, byte[] mutated, Random random)
    {
        string file = Path.Combine(_folder.FullName, input.Name);
        File.WriteAllBytes(file, mutated);
        string[] args = input.Command switch
        {
            "replay" => ["replay", file],
            "decode" => ["decode", file, .. DecodeForms[random.Next(DecodeForms.Length)]],
            "import" => ["import", file],
            _ when random.Next(4) == 0 => ["trace", file, "--format", "text", "--patches", Specs[random.Next(Specs.Length)]],
            _ => ["run", file, "--patches", Specs[random.Next(Specs.Length)]],
        };
        StringWriter output = new();
        StringWriter error = new();
        int code = -1;
        Thread run = new(() => code = new IopfCommandLine(
            new Terminal(output, error, _folder.FullName, ShowStackTraces: true), new ModelScenarioRunner(), Type1Replayers.Create).Run(args));
        run.Start();
        string found = !run.Join(Patience) ? $"still runs after {Patience}"
            : code is not (0 or 1 or 2) ? $"exit code {code}: {error}"
            : code == ExitCode.BadInput && (output.ToString().Length != 0 || error.ToString().Count(character => character == '\n') != 1)
                ? $"exit code 2 with output:\n{output}\nand complaint:\n{error}"
            : "";

        if (found.Length != 0)
        {
            string kept = Path.Combine(Repository.Root, "artifacts", "mutate", $"{seed}-{input.Name}");
            Directory.CreateDirectory(Path.GetDirectoryName(kept)!);
            File.WriteAllBytes(kept, mutated);
            found = $"iopf {string.Join(' ', args).Replace(file, kept, StringComparison.Ordinal)}\n{found}";
        }
        return (code, found);
    }

    // Not those that measure memory: each takes seconds and hundreds of megabytes.
    private static IEnumerable<Input> Scenarios() =>
        Directory.GetFiles(Path.Combine(Repository.Root, "src", "Scenarios", "BuiltIn"), "*.json").Order()
            .Where(file => Path.GetFileName(file) == Slow || !File.ReadAllText(file).Contains("\"workload\"", StringComparison.Ordinal))
            .Select(file => new Input(Path.GetFileName(file), File.ReadAllText(file), "run", Path.GetFileName(file) == Slow ? 1 : 12));

    /// <summary>Slices of the recordings: each is the header, what opens the container, and a stretch of operations.</summary>
    private static IEnumerable<Input> Recordings()
    {
        foreach (string file in Directory.GetFiles(Path.Combine(Repository.Root, "tests", "data", "vfio-type1-recordings"), "*.jsonl").Order())
        {
            string[] lines = File.ReadAllLines(file);
            for (int slice = 0; slice < SliceStarts; slice++)
            {
                int start = Math.Max(30, slice * lines.Length / SliceStarts);
                string text = string.Join('\n', lines.Take(30).Concat(lines.Skip(start).Take(RecordedLines)));
                string name = $"{Path.GetFileNameWithoutExtension(file)}-{slice}";
                yield return new Input($"{name}.jsonl", slice == 0 ? text : Untouched(text), "replay", slice == 0 ? 1 : 2);
            }
        }
    }

    /// <summary>Logs and traces of the field, each for both commands: whoever has one does not know which reads it.</summary>
    private static IEnumerable<Input> Logs() =>
        from folder in new[] { "field-reports", "smmuv3-events", "iommu-ftrace" }
        from file in Directory.GetFiles(Path.Combine(Repository.Root, "tests", "data", folder)).Order()
        where !file.EndsWith(".md", StringComparison.Ordinal)
        from command in new[] { "decode", "import" }
        select new Input(Path.GetFileName(file), File.ReadAllText(file), command, folder == "field-reports" ? 4 : 1);

    /// <summary>The same without its 60 MiB of touched memory, which take longer than all the rest.</summary>
    private static string Untouched(string recording) => recording.Replace("\"populated\": true", "\"populated\": false", StringComparison.Ordinal);

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is string value ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>What is damaged, for which command, and how often compared with others: a run of the cover letter costs as much as hundreds of the rest.</summary>
    private sealed record Input(string Name, string Text, string Command, int Weight);
}
