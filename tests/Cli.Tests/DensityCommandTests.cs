using System.Text.Json;
using System.Xml.Linq;
using Iopf.Cli.Tests.Fakes;

namespace Iopf.Cli.Tests;

public sealed class DensityCommandTests : IDisposable
{
    // A host of 1 GiB, all of it for guests of 1 GiB.
    private static readonly string[] Small =
    [
        "density", "--guests", "1,2,3", "--memory", "2", "--guest-memory", "1", "--working-set", "40", "--policies", "static,iopf-8", "--set", "Density:ReservedMebibytes=0",
        "--set", "Density:DmaMebibytes=8", "--set", "Density:BootMebibytes=8", "--set", "Density:SettleMilliseconds=100", "--set", "Density:MeasureMilliseconds=1000",
    ];

    private readonly CliHarness _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Density_has_a_row_for_each_policy_and_each_host()
    {
        CliOutcome outcome = _cli.Run(Small);

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains(outcome.OutputLines, line => line.StartsWith("static  2                3 ", StringComparison.Ordinal));
        Assert.Contains(outcome.OutputLines, line => line.StartsWith("iopf-8  at least 3       - ", StringComparison.Ordinal));
        Assert.Equal(2 + 6, outcome.OutputLines.Count(line => line.StartsWith("static ", StringComparison.Ordinal) || line.StartsWith("iopf-8 ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Density_is_json_with_every_number_it_rests_on()
    {
        JsonElement study = _cli.RunJson([.. Small, "--json"]);

        JsonElement[] policies = [.. study.GetProperty("policies").EnumerateArray()];
        Assert.Equal((2, 3), (policies[0].GetProperty("guests_that_fit").GetInt32(), policies[0].GetProperty("no_longer_at").GetInt32()));
        Assert.Equal(JsonValueKind.Null, policies[1].GetProperty("no_longer_at").ValueKind);
        JsonElement run = policies[1].GetProperty("runs")[2];
        Assert.Equal(3, run.GetProperty("admitted").GetInt32());
        Assert.True(run.GetProperty("in_all").GetProperty("faults").GetInt64() > 0);
        Assert.True(run.GetProperty("memory").GetArrayLength() > 5);
        Assert.Equal(["name", "value", "unit", "status", "source"], study.GetProperty("parameters")[0].EnumerateObject().Select(member => member.Name));
    }

    [Theory]
    [InlineData("throughput")]
    [InlineData("latency")]
    [InlineData("start")]
    [InlineData("faults")]
    [InlineData("resident")]
    [InlineData("pinned")]
    public void A_picture_has_a_curve_for_each_policy(string name)
    {
        CliOutcome outcome = _cli.Run([.. Small, "--plot", "picture.svg", "--picture", name]);

        XElement picture = XDocument.Load(Path.Combine(_cli.Directory, "picture.svg")).Root!;
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(["static", "iopf-8"], picture.Elements().Select(element => element.Value).Where(text => text is "static" or "iopf-8"));
        Assert.Contains("ReservedMebibytes 0", picture.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_needs_nothing_else_and_holds_every_picture()
    {
        _cli.Run([.. Small, "--html", "page.html"]);

        string page = File.ReadAllText(Path.Combine(_cli.Directory, "page.html"));
        Assert.Equal(6, page.Split("<svg ").Length - 1);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("src=", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Density:UnpinIntervalMilliseconds", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--guests 0", "--guests: '0' is not a number of guests; expected integers from 1 to 4096, with commas between")]
    [InlineData("--guests 1,,2", "--guests: '' is not a number of guests; ")]
    [InlineData("--memory 0", "--memory: '0' is not an amount of memory; expected an integer from 1 to 65536 (GiB)")]
    [InlineData("--memory 16", "--memory: a host of 16384 MiB leaves guests less than 256 MiB beside Density:ReservedMebibytes; expected more")]
    [InlineData("--guest-memory 1", "--guest-memory: a guest's start, working set and message buffers do not fit; ")]
    [InlineData("--working-set 100", "--working-set: the 128 MiB of Density:DmaMebibytes are part of it; expected more")]
    [InlineData("--policies iopf", "--policies: 'iopf' is not a policy; expected one or more of static, iopf-N ")]
    [InlineData("--picture pie", "--picture: there is no picture 'pie'; expected one of throughput, latency, start, faults, resident, pinned")]
    [InlineData("--seed -1", "--seed: '-1' is not a seed; ")]
    [InlineData("--set Premap:Length=8", "--set: Premap:Length has no part in a density study; iopf density --json lists those that have")]
    [InlineData("--set Density:RunPages=0", "--set: '0' is not a value of Density:RunPages; expected an integer from 1 to 16384")]
    [InlineData("--guests 1 --policies static --plot /", "--plot /: expected a file, found a directory")]
    public void What_cannot_be_used_is_refused(string arguments, string complaint)
    {
        CliOutcome outcome = _cli.Run(["density", .. arguments.Split(' ')]);

        Assert.Equal((ExitCode.BadInput, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith($"iopf: {complaint}", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
    }
}
