using System.CommandLine;
using System.CommandLine.Help;
using Iopf.Cli.Commands;
using Iopf.Kernel;
using Iopf.Replay;

namespace Iopf.Cli;

/// <summary>The command <c>iopf</c>: finds the subcommand, runs it, and turns whatever goes wrong into one line and an exit code.</summary>
/// <param name="terminal">Where to print.</param>
/// <param name="scenarios">Where scenarios and runs come from.</param>
/// <param name="createReplayer">Makes the machine of a replay.</param>
internal sealed class IopfCommandLine(Terminal terminal, IScenarioRunner scenarios, Func<RecordingHeader, IType1Replayer> createReplayer)
{
    private const int HelpWidth = 110;

    private const string About =
        """
        Iopf: an executable model of the Linux series "Add IOPF support for VFIO passthrough" (RFC v3, April
        2021, 8 patches) over an Arm SMMUv3. Each patch can be switched on and off; scenarios show what changes.

        To begin with:
          iopf scenarios                           what can be run
          iopf run first-fault                     run a scenario with the whole series
          iopf run first-fault --patches 1-3,5-6   the same without patches 4, 7 and 8
          iopf trace first-fault --format text     one fault, step by step, from the device's DMA to CMD_RESUME
          iopf compare first-fault --each          what each patch of the series adds
          iopf patches                             what each patch does and expects
          dmesg | iopf decode                      what the SMMUv3 lines of a kernel log mean

        Exit codes: 0 nothing to object; 1 a difference or a violated invariant; 2 bad input or usage;
        3 a defect of the model.
        """;

    /// <summary>Runs one command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <returns>The exit code.</returns>
    public int Run(IReadOnlyList<string> args)
    {
        try
        {
            return Invoke(args);
        }
        catch (UsageException wrong)
        {
            terminal.Complain($"{wrong.Message}; see iopf --help");
            return ExitCode.BadInput;
        }
        catch (InputException wrong)
        {
            terminal.Complain(wrong.Message);
            return ExitCode.BadInput;
        }
        catch (BrokenPipeException)
        {
            return ExitCode.Done;
        }
        catch (OutOfMemoryException)
        {
            terminal.Complain("there is not enough memory, or no thread left, for this on this computer");
            return ExitCode.BadInput;
        }
        catch (Exception defect)
        {
            terminal.Complain($"defect of the model: {defect.GetType().Name}: {defect.Message} (IOPF_DEBUG=1 shows where)");
            if (terminal.ShowStackTraces)
            {
                terminal.Error.WriteLine(defect);
            }

            return ExitCode.Defect;
        }
    }

    private int Invoke(IReadOnlyList<string> args)
    {
        RootCommand root = Root();
        ParseResult parsed = root.Parse(args, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        bool asksForHelp = parsed.Action is HelpAction || parsed.GetResult("--version") is not null;
        UsageCheck.CheckNames(parsed, args);
        if (!asksForHelp)
        {
            UsageCheck.CheckValues(parsed);
        }

        return parsed.Invoke(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            Output = terminal.Output,
            Error = terminal.Error,
            ProcessTerminationTimeout = null,
        });
    }

    private RootCommand Root()
    {
        RootCommand root = new(About) { HelpName = "iopf" };
        root.Directives.Clear();
        root.Options.Clear();
        HelpAction help = new() { MaxWidth = HelpWidth };
        root.Add(new HelpOption("--help") { Description = "Show what a command does and which options it takes.", Action = help });
        root.Add(new VersionOption("--version") { Description = "Show the version." });
        root.Add(PatchesCommand.Create(terminal));
        root.Add(ScenariosCommand.Create(terminal, scenarios));
        root.Add(RunCommand.Create(terminal, scenarios));
        root.Add(TraceCommand.Create(terminal, scenarios));
        root.Add(CompareCommand.Create(terminal, scenarios));
        root.Add(ImportCommand.Create(terminal));
        root.Add(ReplayCommand.Create(terminal, createReplayer));
        root.Add(DecodeCommand.Create(terminal));
        root.Add(ErrataCommand.Create(terminal));
        root.Add(ReviewCommand.Create(terminal));
        root.Add(FailpointsCommand.Create(terminal, scenarios));
        root.Add(ExploreCommand.Create(terminal, scenarios));
        root.Add(ScheduleCommand.Create(terminal, scenarios));
        root.Add(LocksCommand.Create(terminal, scenarios));
        root.Add(TableCommand.Create(terminal));
        root.Add(SweepCommand.Create(terminal, scenarios));
        root.Add(DensityCommand.Create(terminal));
        return root;
    }
}
