using Iopf.Cli.Tests.Fakes;

namespace Iopf.Cli.Tests;

public sealed class BadUsageTests : IDisposable
{
    private readonly CliHarness _cli = new();

    public static TheoryData<string, string> CommandLines => new()
    {
        { "", "a command is missing; expected one of patches, scenarios, run, trace, compare, import, replay, decode, errata, review, failpoints, explore, schedule, locks, table, sweep, density; see iopf --help" },
        { "fly", "unknown command 'fly'; see iopf --help" },
        { "help", "unknown command 'help'; see iopf --help" },
        { "@file", "unknown command '@file'; see iopf --help" },
        { "[diagram] patches", "unknown command '[diagram]'; see iopf --help" },
        { "--fly", "unknown option '--fly'; see iopf --help" },
        { "-h", "unknown option '-h'; see iopf --help" },
        { "fly --help", "unknown command 'fly'; see iopf --help" },
        { "patches --fly", "patches: unknown option '--fly'; see iopf --help" },
        { "patches --fly --help", "patches: unknown option '--fly'; see iopf --help" },
        { "patches 1", "patches: unexpected argument '1'; see iopf --help" },
        { "run", "run: argument SCENARIO is missing; see iopf --help" },
        { "run --json", "run: argument SCENARIO is missing; see iopf --help" },
        { "run --fly", "run: unknown option '--fly'; see iopf --help" },
        { "run one-fault -p 1", "run: unknown option '-p'; see iopf --help" },
        { "run one-fault two-faults", "run: unexpected argument 'two-faults'; see iopf --help" },
        { "run one-fault --patches", "run: option '--patches' lacks its value; see iopf --help" },
        { "run one-fault --patches --json", "run: option '--patches' lacks its value; see iopf --help" },
        { "run one-fault --patches 1 --patches 2", "run: option '--patches' is given more than once; see iopf --help" },
        { "run one-fault --set", "run: option '--set' lacks its value; see iopf --help" },
        { "run one-fault --json=no", "run: " },
        { "run no-such", "no-such: there is no such scenario" },
        { "run one-fault --patches 1-9", "--patches: patch spec '1-9': '1-9' is not a patch number or range; expected none, all, " },
        { "run one-fault --patches -1", "--patches: patch spec '-1': " },
        { "run one-fault --patches=", "run: option '--patches' lacks its value; see iopf --help" },
        { "trace one-fault --out --json", "trace: option '--out' lacks its value; see iopf --help" },
        { "run one-fault --errata E79", "--errata: errata spec 'E79': 'E79' is not the id of an erratum; expected none, all, or ids from E01 to E78 such as E01 or E01,E23" },
        { "run one-fault --errata E01,all", "--errata: errata spec 'E01,all': 'all' stands alone; expected none, all, or ids from E01 to E78 such as E01 or E01,E23" },
        { "run one-fault --seed x", "--seed: 'x' is not a seed; expected an integer from 0 to 18446744073709551615" },
        { "run one-fault --seed -1", "--seed: '-1' is not a seed; expected an integer from 0 to 18446744073709551615" },
        { "run one-fault --seed 18446744073709551616", "--seed: '18446744073709551616' is not a seed; expected an integer" },
        { "run one-fault --set Premap", "--set: 'Premap' assigns nothing; expected Section:Name=value" },
        { "run one-fault --set Premap:Len=1", "--set: there is no option 'Premap:Len'; expected one of Premap:Length, Premap:Populate, Cost:" },
        { "run one-fault --set Premap:Length=0", "--set: '0' is not a value of Premap:Length; expected an integer from 1 to 1048576" },
        { "run one-fault --fail map:0", "--fail: 'map:0' is not a call that can fail; expected KIND:N with N from 1 and KIND one of allocate, pin, map, unmap, feature, register, such as map:1" },
        { "run one-fault --fail page:1", "--fail: 'page:1' is not a call that can fail; expected KIND:N" },
        { "failpoints one-fault --kinds page", "--kinds page: 'page' is no kind of call; expected one or more of allocate,pin,map,unmap,feature,register" },
        { "failpoints one-fault --most 0", "--most: '0' is not a number of calls; expected an integer from 1" },
        { "explore one-fault", "one-fault: exploring takes a scenario with exactly one step \"parallel\" outside repeats" },
        { "explore one-fault --max-schedules 0", "--max-schedules: '0' is not a number of schedules; expected an integer from 1" },
        { "sweep", "sweep: argument SCENARIO is missing; see iopf --help" },
        { "sweep one-fault", "--over: nothing varies; expected NAME=VALUES, such as Premap:Length=1,2,4,...,4096" },
        { "sweep one-fault --over", "sweep: option '--over' lacks its value; see iopf --help" },
        { "sweep one-fault --over fly=1", "--over: there is no parameter 'fly'; expected one of " },
        { "sweep one-fault --over seed=1..3 --seed 2", "--over seed: varies, and has a value of its own; expected one or the other" },
        { "sweep one-fault --over Premap:Length=1,2 --set premap:length=2", "--over Premap:Length: varies, and has a value of its own; expected one or the other" },
        { "sweep one-fault --over seed=1..3 --workers 0", "--workers: '0' is not a number of workers; expected an integer from 1" },
        { "sweep one-fault --over seed=1..3 --out points", "--out points: expected a file that ends in .csv, .jsonl or .db" },
        { "sweep one-fault --over seed=1..3 --out /no/such/folder/points.db", "--out /no/such/folder/points.db: cannot be written: there is no such directory" },
        { "sweep one-fault --over seed=1..3 --plot points.png", "--plot points.png: pictures are written as .svg or .html; rsvg-convert or a browser makes a .png of them" },
        { "sweep one-fault --over seed=1..3 --plot points.svg --x faults", "--x faults: is no number that varies; expected one of seed" },
        { "sweep one-fault --over seed=1..3 --plot points.svg --y speed", "--y speed: is not measured; expected one of faults, success" },
        { "sweep one-fault --over seed=1..3 --plot points.svg --y faults,invalid", "--plot points.svg: shows one measure; expected a file that ends in .html for 2" },
        { "sweep one-fault --over patches=none,all --plot points.svg", "--plot points.svg: nothing that varies is a number" },
        { "sweep one-fault --over seed=1..30 --over Premap:Length=1..20 --plot points.svg", "--plot points.svg: there would be 20 curves; expected at most 16" },
        { "sweep --ready fly", "--ready fly: there is no such sweep; expected one of premap-length, message-length, messages, messages-sva, devices" },
        { "sweep one-fault --ready devices", "--ready devices: stands for a scenario and what varies; expected no SCENARIO, --over or --zip beside it" },
        { "density 3", "density: unexpected argument '3'; see iopf --help" },
        { "density --guests", "density: option '--guests' lacks its value; see iopf --help" },
        { "density --fly", "density: unknown option '--fly'; see iopf --help" },
        { "failpoints", "failpoints: argument SCENARIO is missing; see iopf --help" },
        { "trace", "trace: argument SCENARIO is missing; see iopf --help" },
        { "trace one-fault --format lttng", "--format lttng: there is no such form of a trace; expected one of text, ftrace" },
        { "trace one-fault --out /no/such/folder/file", "--out /no/such/folder/file: cannot be written: " },
        { "trace one-fault --out /", "--out /: expected a file, found a directory" },
        { "scenarios --show", "scenarios: option '--show' lacks its value; see iopf --help" },
        { "scenarios --show no-such", "--show no-such: unknown" },
        { "replay", "replay: argument FILE is missing; see iopf --help" },
        { "replay /no/such/file", "/no/such/file: expected a recording, found no such file" },
        { "replay /", "/: expected a recording, found a directory" },
    };

    [Theory]
    [MemberData(nameof(CommandLines))]
    public void Bad_usage_is_one_line_on_standard_error_and_exit_code_2(string commandLine, string complaint)
    {
        CliOutcome outcome = _cli.Run(commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal("", outcome.Output);
        Assert.StartsWith($"iopf: {complaint}", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        Assert.EndsWith("\n", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Control_characters_of_the_input_never_reach_the_terminal()
    {
        CliOutcome outcome = _cli.Run("run", "no\n\u001b[31msuch");

        Assert.Equal("iopf: no ?[31msuch: there is no such scenario\n", outcome.Error);
    }

    public void Dispose() => _cli.Dispose();
}
