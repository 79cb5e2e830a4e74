using System.CommandLine;
using Iopf.Cli.Output;
using Iopf.Comparing;
using Iopf.Kernel;
using Iopf.Patches;
using Iopf.Scenarios;

namespace Iopf.Cli.Commands;

/// <summary><c>iopf compare</c>: what a patch changes.</summary>
internal static class CompareCommand
{
    private const string About =
        "Run a scenario on two kernels, each with its set of patches and of defects of the posted code, and show what differs: outcomes, the first step "
        + "in which the traces part, and the patch or defect that makes it. With --each, add the patches one by one and tell what each of them changes. Exit code 0 if nothing differs, 1 if something does.";

    /// <summary>Makes the command.</summary>
    /// <param name="terminal">Where it prints.</param>
    /// <param name="scenarios">Where scenarios and runs come from.</param>
    /// <returns>The command.</returns>
    public static Command Create(Terminal terminal, IScenarioRunner scenarios)
    {
        RunArguments arguments = new();
        Option<string> leftPatches = new("--left") { Description = "The patches of the left run, as in --patches of iopf run. The default is none.", HelpName = "SPEC" };
        Option<string> rightPatches = new("--right") { Description = "The patches of the right run. The default is all.", HelpName = "SPEC" };
        Option<string> errataLeft = new("--errata-left") { Description = "The defects of the left run, as in --errata of iopf run. The default is those the scenario asks for, which is none for most.", HelpName = "SPEC" };
        Option<string> errataRight = new("--errata-right") { Description = "The defects of the right run. With defects on either side the patches of both are all unless --left or --right say otherwise.", HelpName = "SPEC" };
        Option<bool> each = new("--each") { Description = "Add the patches one by one, 1 to 8, and show what each changes, instead of comparing two sets." };
        Option<string> html = new("--html")
        {
            Description = "Also write one page with the tables, both traces side by side, and the pages of every mapping over time.",
            HelpName = "FILE",
        };
        Option<bool> json = CommonOptions.Json();
        Command command = new("compare", About);
        arguments.AddTo(command, withPatches: false);
        foreach (Option option in new Option[] { leftPatches, rightPatches, errataLeft, errataRight, each, html, json })
        {
            command.Add(option);
        }

        command.SetAction(parsed =>
        {
            ErrataSet? defects = RunArguments.ErrataIn(parsed, errataLeft);
            ErrataSet? otherDefects = RunArguments.ErrataIn(parsed, errataRight);
            PatchSet? one = RunArguments.PatchesIn(parsed, leftPatches);
            PatchSet? other = RunArguments.PatchesIn(parsed, rightPatches);
            RunRequest request = arguments.Read(parsed, terminal, scenarios, trace: null);
            string? page = parsed.GetValue(html);
            if (!parsed.GetValue(each))
            {
                // Whoever compares defects compares them in the whole series.
                PatchSet usual = defects is null && otherDefects is null ? PatchSet.None : PatchSet.All;
                Variant left = new(one ?? usual, defects ?? request.ErrataInForce);
                Variant right = new(other ?? PatchSet.All, otherDefects ?? request.ErrataInForce);
                Comparison comparison = Comparison.Of(scenarios.Execute, request, left, right, withStates: page is not null);
                return Show(terminal, comparison, page, parsed.GetValue(json));
            }

            if (one is not null || other is not null || page is not null || defects is not null || otherDefects is not null)
            {
                throw new InputException("--each: compares the patches in the order of the series; it takes no --left, --right, --errata-left, --errata-right or --html");
            }

            return Show(terminal, PatchEffect.OfEach(scenarios.Execute, request, _ => { }), parsed.GetValue(json));
        });
        return command;
    }

    private static int Show(Terminal terminal, Comparison comparison, string? page, bool asJson)
    {
        if (page is not null)
        {
            AtomicFile.Write(Path.Combine(terminal.Directory, page), ComparisonPage.Lines(comparison), "--html");
        }

        if (asJson)
        {
            ResultText.PrintJson(terminal, json => ComparisonJson.Write(json, comparison));
        }
        else
        {
            ResultText.Print(terminal, ComparisonText.Lines(comparison));
        }

        return comparison.IsSame ? ExitCode.Done : ExitCode.Difference;
    }

    private static int Show(Terminal terminal, IReadOnlyList<PatchEffect> effects, bool asJson)
    {
        if (asJson)
        {
            ResultText.PrintJson(terminal, json => ComparisonJson.Write(json, effects));
        }
        else
        {
            ResultText.Print(terminal, EffectsText.Lines(effects));
        }

        return effects.All(effect => effect.Differences.Count == 0 && effect.Divergence is null) ? ExitCode.Done : ExitCode.Difference;
    }
}
