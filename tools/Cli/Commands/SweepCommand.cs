using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using Iopf.Cli.Output;
using Iopf.Cli.Sweeping;
using Iopf.Kernel;
using Iopf.Sweeps;

namespace Iopf.Cli.Commands;

/// <summary><c>iopf sweep</c>: a scenario at every point of a grid of options and parameters.</summary>
internal sealed class SweepCommand
{
    private static readonly string About =
        "Run a scenario at every value of what varies, each with each, and tell what every point came to. What varies is an option (Premap:Length), patches, errata, seed, "
        + "the number of devices, or for cover-letter what its test does: platform, spread, msg_len, messages, buffers. Points are run side by side; the result is the same "
        + "however many workers there are. With --out FILE.db a sweep that was interrupted goes on where it was when it is started again. Ready-made (--ready): "
        + string.Join("; ", ReadySweep.All.Select(static ready => $"{ready.Name}: {ready.About}"))
        + ". Exit code 1 if a promise is broken where no defect of the posted code is on.";

    private readonly RunArguments _arguments = new();

    private readonly Option<string[]> _over = new("--over")
    {
        Description = "What varies: an option or parameter with its values, such as Premap:Length=1,2,4,...,4096 or messages=1..100; may be given several times, the last varies "
            + "fastest. Patch and errata specs have + for the comma: patches=none,1-4+6,all.",
        HelpName = "NAME=VALUES",
    };

    private readonly Option<bool> _zip = new("--zip") { Description = "Take the first value of each list, then the second of each, and so on, instead of each with each.", Arity = ArgumentArity.Zero };
    private readonly Option<string> _ready = new("--ready") { Description = "A ready-made sweep, in place of SCENARIO and --over.", HelpName = "NAME" };
    private readonly Option<string> _out = new("--out") { Description = "Write the points: .csv, .jsonl, or .db (SQLite; an interrupted sweep goes on from it).", HelpName = "FILE" };
    private readonly Option<string> _plot = new("--plot") { Description = "Draw a picture: .svg, or .html for several measures.", HelpName = "FILE" };
    private readonly Option<string> _x = new("--x") { Description = "What the picture has along the horizontal axis. The default is the parameter with the most values.", HelpName = "NAME" };
    private readonly Option<string> _y = new("--y") { Description = "What it has along the vertical axis; several with commas if it is .html. The default is faults.", HelpName = "NAMES" };
    private readonly Option<string> _workers = new("--workers") { Description = "How many points are run side by side. The default is the number of processors.", HelpName = "N" };
    private readonly Option<bool> _json = CommonOptions.Json();

    /// <summary>Makes the command.</summary>
    /// <param name="terminal">Where it prints.</param>
    /// <param name="scenarios">Where scenarios and runs come from.</param>
    /// <returns>The command.</returns>
    public static Command Create(Terminal terminal, IScenarioRunner scenarios)
    {
        SweepCommand its = new();
        Command command = new("sweep", About);
        its._arguments.AddTo(command, needsScenario: false);
        foreach (Option option in new Option[] { its._over, its._zip, its._ready, its._out, its._plot, its._x, its._y, its._workers, its._json })
        {
            command.Add(option);
        }

        command.SetAction(parsed => its.Run(parsed, terminal, scenarios));
        return command;
    }

    private int Run(ParseResult parsed, Terminal terminal, IScenarioRunner scenarios)
    {
        int workers = (int)Math.Min(CommonOptions.Count(_workers.Name, "workers", parsed.GetValue(_workers), Environment.ProcessorCount), 1024);
        ReadySweep? ready = parsed.GetValue(_ready) is string name ? ReadySweep.Find(name, _ready.Name) : null;
        SweepPlan plan = PlanOf(parsed, terminal, scenarios, ready);
        SweepTargets targets = new(terminal);
        targets.Take(parsed.GetValue(_out), parsed.GetValue(_plot));
        SweepPicture? picture = targets.Picture is null ? null : PictureOf(parsed, plan, ready, targets);
        string source = plan.Request.Scenario.Source;
        IReadOnlyList<KeyValuePair<string, string>> definition =
            SweepDefinition.Of(plan, scenarios.BuiltIn.Any(scenario => scenario.Name == source) ? scenarios.TextOf(source) : File.ReadAllText(source));

        SweepRun run = Execute(terminal, scenarios, plan, targets, definition, workers);
        targets.Write(plan, run.Points, picture);
        if (parsed.GetValue(_json))
        {
            ResultText.PrintJson(terminal, document => SweepOutput.Write(document, plan, definition, run.Points));
        }
        else
        {
            ResultText.Print(terminal, SweepOutput.Lines(plan, run.Points));
        }

        return run.Points.Index().Any(point => IsObjection(plan, point.Index, point.Item)) ? ExitCode.Difference : ExitCode.Done;
    }

    // Defects of the posted code break promises: that is what they are switched on for.
    private static bool IsObjection(SweepPlan plan, long point, object?[] measured) =>
        measured.Contains(PointResult.Violated) && plan.SetupOf(point).Request.ErrataInForce.IsEmpty;

    private static SweepRun Execute(
        Terminal terminal, IScenarioRunner scenarios, SweepPlan plan, SweepTargets targets, IReadOnlyList<KeyValuePair<string, string>> definition, int workers)
    {
        Stopwatch watch = Stopwatch.StartNew();
        TimeSpan told = TimeSpan.Zero;
        SweepRun run = null!;
        run = new SweepRun(plan, scenarios.Execute, workers)
        {
            Progress = done =>
            {
                if (watch.Elapsed - told > TimeSpan.FromMilliseconds(200))
                {
                    told = watch.Elapsed;
                    terminal.Progress(SweepOutput.Progress(done, plan.Count, done - run.There, told));
                }
            },
        };
        using (SweepJournal? journal = targets.IsJournal ? SweepJournal.Open(targets.TablePath, $"--out {targets.Table}", plan, definition) : null)
        {
            run.Execute(journal, CancellationToken.None);
        }

        terminal.Progress("");
        terminal.Complain(SweepOutput.Rate(run.Points.Count - run.There, run.There, workers, watch.Elapsed));
        return run;
    }

    private SweepPlan PlanOf(ParseResult parsed, Terminal terminal, IScenarioRunner scenarios, ReadySweep? ready)
    {
        string[] over = parsed.GetValue(_over) ?? [];
        bool isNamed = parsed.GetResult("SCENARIO") is ArgumentResult { Tokens.Count: > 0 };
        if (ready is null && !isNamed)
        {
            throw new UsageException("sweep: argument SCENARIO is missing");
        }

        if (ready is not null && (isNamed || over.Length > 0 || parsed.GetValue(_zip)))
        {
            throw new InputException($"{_ready.Name} {ready.Name}: stands for a scenario and what varies; expected no SCENARIO, --over or --zip beside it");
        }

        IReadOnlyList<SweepAxis> axes = [.. (ready?.Over ?? over).Select(text => SweepAxis.Parse(text, _over.Name))];
        foreach (SweepAxis axis in axes)
        {
            bool isGiven = parsed.CommandResult.Children.OfType<OptionResult>().Any(option => !option.Implicit && option.Option.Name == $"--{axis.Name}")
                || (parsed.GetValue<string[]>("--set") ?? []).Any(set => set.Split('=')[0].Trim().Equals(axis.Name, StringComparison.OrdinalIgnoreCase));
            if (isGiven)
            {
                throw new InputException($"{_over.Name} {axis.Name}: varies, and has a value of its own; expected one or the other");
            }
        }

        return new SweepPlan(
            _arguments.Read(parsed, terminal, scenarios, trace: null, ready is null ? null : () => scenarios.Load(ready.Scenario)), axes, parsed.GetValue(_zip));
    }

    private SweepPicture PictureOf(ParseResult parsed, SweepPlan plan, ReadySweep? ready, SweepTargets targets)
    {
        string place = $"{_plot.Name} {targets.Picture}";
        SweepAxis[] numeric = [.. plan.Axes.Where(static axis => axis.IsNumeric)];
        if (numeric.Length == 0)
        {
            throw new InputException($"{place}: nothing that varies is a number; expected one more --over, such as Premap:Length=1,2,4,...,4096");
        }

        SweepAxis x = (parsed.GetValue(_x) ?? ready?.X) is string name
            ? Array.Find(numeric, axis => axis.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                ?? throw new InputException($"{_x.Name} {name}: is no number that varies; expected one of {string.Join(", ", numeric.Select(static axis => axis.Name))}")
            : numeric.MaxBy(static axis => axis.Values.Count)!;
        string[] names = parsed.GetValue(_y)?.Split(',') ?? (ready is null ? ["faults"] : targets.HasRoom ? [.. ready.Y] : [ready.Y[0]]);
        if (names.Length > 1 && !targets.HasRoom)
        {
            throw new InputException($"{place}: shows one measure; expected a file that ends in .html for {names.Length}");
        }

        SweepChart.Check(plan, x, place);
        string command = ready is null
            ? $"iopf sweep {plan.Request.Scenario.Name} {string.Join(' ', (parsed.GetValue(_over) ?? []).Select(static text => $"--over {text}"))}{(plan.IsZipped ? " --zip" : "")}"
            : $"iopf sweep --ready {ready.Name}";
        return new SweepPicture(x, [.. names.Select(measure => MeasureOf(plan, measure))], ready?.About ?? "", command);
    }

    private SweepColumn MeasureOf(SweepPlan plan, string name)
    {
        SweepColumn[] numeric = [.. plan.Columns.Where(static column => column.IsNumeric)];
        return Array.Find(numeric, column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new InputException($"{_y.Name} {name}: is not measured; expected one of {string.Join(", ", numeric.Select(static column => column.Name))}");
    }
}
