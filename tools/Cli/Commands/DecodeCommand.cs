using System.CommandLine;
using Iopf.Cli.Output;
using Iopf.Kernel;
using Iopf.Patches;
using Iopf.SmmuLog;

namespace Iopf.Cli.Commands;

/// <summary><c>iopf decode</c>: explains the SMMUv3 lines of a kernel log.</summary>
internal static class DecodeCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="terminal">Where it prints.</param>
    /// <returns>The command.</returns>
    public static Command Create(Terminal terminal)
    {
        Argument<string> file = new("FILE")
        {
            Description = "A Linux kernel log: dmesg, journal or serial console, with or without timestamps. Standard input if omitted or -.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string> patches = new("--patches")
        {
            Description = "Which patches the kernel has that is asked what it does with each record: none, all (the default), or such as 1-5.",
            HelpName = "SPEC",
        };
        Option<bool> json = CommonOptions.Json();
        Option<bool> follow = new("--follow")
        {
            Description = "For a live pipe such as dmesg -w: print each finding at once, as one JSON object a line.",
            Arity = ArgumentArity.Zero,
        };
        Command command = new(
            "decode",
            "Explain the SMMUv3 lines of a kernel log: event records, command errors, timeouts, overflows. Exit code 1 if a record contradicts itself.")
        {
            file,
            patches,
            json,
            follow,
        };
        command.SetAction(parsed =>
        {
            using LogInput input = LogInput.Open(terminal, parsed.GetValue(file));
            IDecodeOutput output = parsed.GetValue(follow) ? new DecodeFollow(terminal)
                : parsed.GetValue(json) ? new DecodeDocument(terminal)
                : new DecodeText(terminal);
            using (output as IDisposable)
            {
                return Run(input, output, RunArguments.PatchesIn(parsed, patches) ?? PatchSet.All, parsed.GetValue(follow));
            }
        });
        return command;
    }

    private static int Run(LogInput input, IDecodeOutput output, PatchSet patches, bool follow)
    {
        using LogDecoder decoder = new(patches, output);
        LogLines lines = new(decoder);
        input.ReadAll(lines, follow ? decoder.Idle : null);
        if (!decoder.Summary.FoundAnything)
        {
            throw new InputException(
                $"{input.Name}: no line of an IOMMU among {decoder.Summary.Lines} lines; expected a Linux kernel log with lines such as "
                + "'arm-smmu-v3 <device>: event 0x10 received:'");
        }

        output.End(decoder.Summary, patches);
        return decoder.Summary.Contradictions > 0 ? ExitCode.Difference : ExitCode.Done;
    }
}
