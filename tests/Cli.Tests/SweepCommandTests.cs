using System.Diagnostics;
using System.Text.Json;
using Iopf.Cli.Sweeping;
using Iopf.Kernel;
using Iopf.Replay;
using Iopf.Scenarios;
using Iopf.Sweeps;
using Microsoft.Data.Sqlite;

namespace Iopf.Cli.Tests;

public sealed class SweepCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("iopf-sweep-").FullName;

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    [InlineData("db")]
    [InlineData("svg")]
    [InlineData("html")]
    public void One_worker_and_two_write_the_same_bytes(string kind)
    {
        string option = kind is "svg" or "html" ? "--plot" : "--out";

        Run($"sweep first-fault --over seed=1..20 --over Premap:Length=1,2,4 --workers 1 {option} one.{kind}");
        Run($"sweep first-fault --over seed=1..20 --over Premap:Length=1,2,4 --workers 2 {option} two.{kind}");

        string one = kind == "html" ? "html" : "";
        Assert.Equal(Bytes($"one.{kind}"), Bytes($"two.{kind}"));
        Assert.Equal(one.Length > 0, Text($"one.{kind}").StartsWith("<!DOCTYPE html>", StringComparison.Ordinal));
    }

    [Fact]
    public void The_document_names_what_varies_what_is_measured_and_every_point()
    {
        using JsonDocument document = JsonDocument.Parse(Run("sweep cover-letter --over Premap:Length=1 --over msg_len=64K,1M --json"));
        JsonElement root = document.RootElement;

        Assert.Equal("cover-letter", root.GetProperty("scenario").GetString());
        Assert.Equal(["Premap:Length", "msg_len"], root.GetProperty("over").EnumerateArray().Select(axis => axis.GetProperty("name").GetString()));
        JsonElement last = root.GetProperty("points")[1];
        Assert.Equal(518, last.GetProperty("faults").GetInt64());
        Assert.Equal(518, last.GetProperty("published_faults").GetInt64());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("points")[0].GetProperty("published_faults").ValueKind);
    }

    [Fact]
    public void A_table_has_a_line_of_names_and_a_line_for_each_point()
    {
        Run("sweep first-fault --over patches=none,1-4+6 --over seed=1,2 --zip --out points.csv");

        string[] lines = Text("points.csv").TrimEnd().Split('\n');
        Assert.StartsWith("patches,seed,outcome,faults,", lines[0], StringComparison.Ordinal);
        Assert.Equal(["none,1", "1-4+6,2"], lines[1..].Select(line => string.Join(',', line.Split(',')[..2])));
    }

    [Fact]
    public void A_sweep_that_was_stopped_goes_on_where_it_was_and_comes_to_the_same_file()
    {
        Run("sweep first-fault --over seed=1..60 --out whole.db");
        SweepPlan plan = Plan("seed=1..60");
        using CancellationTokenSource stop = new();
        SweepRun first = new(plan, ScenarioRun.Execute, 2) { Progress = done => StopAt(done, 17, stop) };
        using (SweepJournal journal = Open(plan))
        {
            first.Execute(journal, stop.Token);
        }

        Assert.InRange(first.Points.Count, 17, 59);

        SweepRun second = new(plan, ScenarioRun.Execute, 1);
        using (SweepJournal journal = Open(plan))
        {
            second.Execute(journal, CancellationToken.None);
        }

        Assert.Equal(first.Points.Count, second.There);
        Assert.Equal(Bytes("whole.db"), Bytes("points.db"));
    }

    [Fact]
    [Trait("Suite", "Slow")]
    public void A_sweep_that_was_killed_goes_on_where_it_was_and_comes_to_the_same_file()
    {
        const string Sweep = "sweep random --over seed=1..40 --workers 1 --out";
        using Process killed = Process.Start(new ProcessStartInfo("dotnet", $"exec Iopf.Cli.dll {Sweep} {Path.Combine(_directory, "killed.db")}")
        {
            WorkingDirectory = AppContext.BaseDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        WaitForPoints(killed, "killed.db");
        killed.Kill(entireProcessTree: true);
        killed.WaitForExit();

        int there = PointsIn("killed.db");
        Assert.InRange(there, 1, 39);
        StringWriter error = new();
        Run($"{Sweep} killed.db", error);
        Run($"{Sweep} whole.db");

        Assert.Contains($"{40 - there} points in ", error.ToString(), StringComparison.Ordinal);
        Assert.Contains($"; {there} were there from before", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(Bytes("whole.db"), Bytes("killed.db"));
    }

    [Fact]
    public void A_sweep_that_was_killed_after_its_last_point_comes_to_the_same_file()
    {
        Run("sweep first-fault --over seed=1..9 --out whole.db");
        SweepPlan plan = Plan("seed=1..9");
        SweepRun run = new(plan, ScenarioRun.Execute, 1);
        run.Execute(null, CancellationToken.None);
        using (SweepJournal journal = Open(plan))
        {
            foreach ((int point, object?[] measured) in run.Points.Index())
            {
                journal.Add(point, measured);
                journal.Commit();
            }
        }

        File.WriteAllText(Path.Combine(_directory, "points.db.tmp"), "the beginning of what would have been the file");
        Assert.NotEqual(Bytes("whole.db"), Bytes("points.db"));
        StringWriter error = new();
        Run("sweep first-fault --over seed=1..9 --out points.db", error);

        Assert.StartsWith("iopf: 0 points in ", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(Bytes("whole.db"), Bytes("points.db"));
        Assert.Equal(["points.db", "whole.db"], Directory.GetFiles(_directory).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_sweep_that_is_whole_runs_nothing()
    {
        string first = Run("sweep first-fault --over seed=1..3 --out points.db");
        byte[] bytes = Bytes("points.db");
        StringWriter error = new();

        Assert.Equal(first, Run("sweep first-fault --over seed=1..3 --out points.db", error));
        Assert.StartsWith("iopf: 0 points in ", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(bytes, Bytes("points.db"));
    }

    [Theory]
    [InlineData("--over seed=1..4", "over seed 1,2,3 there, over seed 1,2,3,4 here")]
    [InlineData("--over seed=1..3 --patches 1-4", "patches all there, patches 1-4 here")]
    [InlineData("--over seed=1..3 --set Premap:Length=2", "settings Premap:Length=1 there, settings Premap:Length=2 here")]
    [InlineData("--over seed=1..3 --over devices=1", "nothing more there, over devices 1 here")]
    public void Another_sweeps_file_is_refused_and_left_alone(string over, string difference)
    {
        Run("sweep first-fault --over seed=1..3 --out points.db");
        byte[] bytes = Bytes("points.db");

        Assert.Equal(
            $"iopf: --out points.db: belongs to another sweep: {difference}; name another file, or delete this one\n",
            Refused($"sweep first-fault {over} --out points.db"));
        Assert.Equal(bytes, Bytes("points.db"));
    }

    [Theory]
    [InlineData("UPDATE points SET faults = 'many' WHERE point IN (1, 2)", "of point 1, faults is no number")]
    [InlineData("UPDATE points SET faults = x'00ff' WHERE point = 2", "of point 2, faults is no number")]
    [InlineData("UPDATE points SET virtual_ns = 9e999", "of point 0, virtual_ns is no number")]
    [InlineData("UPDATE points SET outcome = NULL", "of point 0, outcome is no text")]
    [InlineData("UPDATE points SET seed = 77 WHERE point = 1", "of point 1, seed is not 2")]
    [InlineData("DELETE FROM points WHERE point = 0", "of point 0, it is missing, or there are too many")]
    [InlineData("INSERT INTO points (point) VALUES (3)", "of point 3, it is missing, or there are too many")]
    public void A_file_whose_rows_were_damaged_is_refused_and_left_alone(string damage, string what)
    {
        Run("sweep first-fault --over seed=1..3 --out points.db");
        using (SqliteConnection file = new($"Data Source={Path.Combine(_directory, "points.db")};Pooling=False"))
        {
            file.Open();
            using SqliteCommand command = file.CreateCommand();
            command.CommandText = damage;
            command.ExecuteNonQuery();
        }

        byte[] bytes = Bytes("points.db");

        Assert.Equal($"iopf: --out points.db: is damaged: {what}; delete the file to begin anew\n", Refused("sweep first-fault --over seed=1..3 --out points.db --plot n.svg"));
        Assert.Equal(bytes, Bytes("points.db"));
        Assert.False(File.Exists(Path.Combine(_directory, "n.svg")));
    }

    [Fact]
    public void The_first_line_says_which_defects_of_the_posted_code_are_on_unless_they_vary()
    {
        Assert.StartsWith("first-fault, patches all, errata none: 1 points over seed\n", Run("sweep first-fault --over seed=1"), StringComparison.Ordinal);
        Assert.StartsWith("first-fault, patches all, errata E01: 1 points over seed\n", Run("sweep first-fault --errata E01 --over seed=1"), StringComparison.Ordinal);
        Assert.StartsWith("first-fault, patches all: 1 points over errata\n", Run("sweep first-fault --over errata=none"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_something_else_is_refused_and_left_alone()
    {
        File.WriteAllText(Path.Combine(_directory, "notes.db"), "Notes of mine, and nothing that a database would begin with.");
        using (SqliteConnection other = new($"Data Source={Path.Combine(_directory, "other.db")};Pooling=False"))
        {
            other.Open();
            using SqliteCommand create = other.CreateCommand();
            create.CommandText = "CREATE TABLE mine (a)";
            create.ExecuteNonQuery();
        }

        Assert.Equal("iopf: --out notes.db: expected the file of a sweep, found something that is no SQLite database\n", Refused("sweep first-fault --over seed=1 --out notes.db"));
        Assert.Equal("iopf: --out other.db: expected the file of a sweep, found another database\n", Refused("sweep first-fault --over seed=1 --out other.db"));
    }

    [Fact]
    public void A_file_that_another_sweep_writes_is_refused()
    {
        SweepPlan plan = Plan("seed=1..60");
        using SweepJournal journal = Open(plan);

        Assert.Equal("iopf: --out points.db: is in use; another sweep may be writing it\n", Refused("sweep first-fault --over seed=1..60 --out points.db"));
    }

    [Fact]
    public void A_picture_marks_what_was_published()
    {
        Run("sweep cover-letter --over Premap:Length=1,2,4 --over msg_len=64K,1M --x Premap:Length --y faults --plot faults.svg");

        string picture = Text("faults.svg");
        Assert.Contains("cover-letter: faults against Premap:Length", picture, StringComparison.Ordinal);
        Assert.Contains("msg_len 64 KiB", picture, StringComparison.Ordinal);
        Assert.Contains("class=\"ring r1\"", picture, StringComparison.Ordinal);
        Assert.Contains(">published<", picture, StringComparison.Ordinal);
    }

    [Fact]
    public void A_point_that_fails_ends_the_sweep_and_is_named()
    {
        SweepPlan plan = Plan("seed=1..9");
        SweepRun run = new(plan, request => request.Seed == 5 ? throw new InputException("no machine") : ScenarioRun.Execute(request), 3);

        InputException failure = Assert.Throws<InputException>(() => run.Execute(null, CancellationToken.None));

        Assert.Equal("point 4, seed=5: no machine", failure.Message);
        Assert.Equal(4, run.Points.Count);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static SweepPlan Plan(string over) => new(
        new RunRequest(ScenarioFile.Load("first-fault"), null, new Dictionary<string, string>(), 0, null), [SweepAxis.Parse(over, "--over")], isZipped: false);

    private static void StopAt(long done, long at, CancellationTokenSource stop)
    {
        if (done == at)
        {
            stop.Cancel();
        }
    }

    private SweepJournal Open(SweepPlan plan) => SweepJournal.Open(
        Path.Combine(_directory, "points.db"), "--out points.db", plan, SweepDefinition.Of(plan, new ModelScenarioRunner().TextOf("first-fault")));

    private byte[] Bytes(string file) => File.ReadAllBytes(Path.Combine(_directory, file));

    private string Text(string file) => File.ReadAllText(Path.Combine(_directory, file));

    private string Run(string commandLine, TextWriter? error = null)
    {
        StringWriter output = new() { NewLine = "\n" };
        Assert.Equal(ExitCode.Done, Execute(commandLine, output, error ?? TextWriter.Null));
        return output.ToString();
    }

    private string Refused(string commandLine)
    {
        StringWriter error = new() { NewLine = "\n" };
        Assert.Equal(ExitCode.BadInput, Execute(commandLine, TextWriter.Null, error));
        return error.ToString();
    }

    private int Execute(string commandLine, TextWriter output, TextWriter error) =>
        new IopfCommandLine(new Terminal(output, error, _directory, ShowStackTraces: false), new ModelScenarioRunner(), Type1Replayers.Create).Run(commandLine.Split(' '));

    /// <summary>Waits until points are on disk: the file grows beyond its empty tables.</summary>
    private void WaitForPoints(Process sweep, string file)
    {
        FileInfo info = new(Path.Combine(_directory, file));
        Stopwatch watch = Stopwatch.StartNew();
        while (!sweep.HasExited && watch.Elapsed < TimeSpan.FromMinutes(2))
        {
            info.Refresh();
            if (info.Exists && info.Length > 0 && PointsIn(file) > 0)
            {
                return;
            }

            Thread.Sleep(20);
        }

        Assert.Fail($"the sweep ended, or got nowhere: {sweep.StandardError.ReadToEnd()}");
    }

    /// <summary>Counts without taking part in the locking: a copy is looked at.</summary>
    private int PointsIn(string file)
    {
        string copy = Path.Combine(_directory, "copy.db");
        foreach (string part in new[] { "", "-journal" })
        {
            File.Delete(copy + part);
            if (File.Exists(Path.Combine(_directory, file + part)))
            {
                File.Copy(Path.Combine(_directory, file + part), copy + part);
            }
        }

        using SqliteConnection database = new($"Data Source={copy};Pooling=False");
        try
        {
            database.Open();
            using SqliteCommand count = database.CreateCommand();
            count.CommandText = "SELECT count(*) FROM points";
            return Convert.ToInt32(count.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (SqliteException)
        {
            // Copied in the middle of a write.
            return 0;
        }
    }
}
