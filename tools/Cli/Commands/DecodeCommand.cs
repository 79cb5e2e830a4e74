using System.CommandLine;
using System.Globalization;
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
            Description = "For a live pipe such as dmesg -w: print each finding at once, equal ones as a count, and the summary on Ctrl-C. "
                + "With --json one JSON object a line.",
            Arity = ArgumentArity.Zero,
        };
        Option<bool> summary = new("--summary") { Description = "Print the counts only.", Arity = ArgumentArity.Zero };
        (StructureKind Kind, Option<string[]> Option)[] structures = [.. Enum.GetValues<StructureKind>().Select(kind => (kind, StructureOption(kind)))];
        Command command = new(
            "decode",
            "Explain the SMMUv3 lines of a kernel log: event records, command errors, timeouts, overflows. Exit code 1 if a record contradicts itself.")
        {
            file,
            patches,
            json,
            follow,
            summary,
        };
        foreach ((_, Option<string[]> option) in structures)
        {
            command.Add(option);
        }

        command.SetAction(parsed =>
        {
            PatchSet kernel = RunArguments.PatchesIn(parsed, patches) ?? PatchSet.All;
            if (Array.Find(structures, structure => parsed.GetValue(structure.Option) is { Length: > 0 }) is { Option: { } words } chosen)
            {
                return Structure(terminal, chosen.Kind, parsed.GetValue(words)!, kernel, parsed.GetValue(json));
            }

            bool follows = parsed.GetValue(follow);
            if (follows && parsed.GetValue(summary))
            {
                throw new UsageException("--follow and --summary exclude each other");
            }

            using LogInput input = LogInput.Open(terminal, parsed.GetValue(file));
            IDecodeOutput output = (parsed.GetValue(json), follows) switch
            {
                (true, true) => new DecodeFollow(terminal),
                (true, false) => new DecodeDocument(terminal, parsed.GetValue(summary)),
                _ => new DecodeText(terminal, follows ? DecodeDetail.Follow : parsed.GetValue(summary) ? DecodeDetail.Summary : DecodeDetail.Whole),
            };
            using (output as IDisposable)
            {
                return Run(terminal, input, output, kernel, follows);
            }
        });
        return command;
    }

    private static Option<string[]> StructureOption(StructureKind kind)
    {
        (int least, int most) = StructureDecoder.WordsOf(kind);
        return new Option<string[]>($"--{kind.ToString().ToLowerInvariant()}")
        {
            Description = $"Take a structure apart instead of a log: {(least == most ? least : $"{least} to {most}")} words in hexadecimal.",
            HelpName = "WORDS",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
        };
    }

    private static int Structure(Terminal terminal, StructureKind kind, string[] arguments, PatchSet patches, bool json)
    {
        string[] texts = [.. arguments.SelectMany(argument => argument.Split((char[])[' ', ',', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))];
        (int least, int most) = StructureDecoder.WordsOf(kind);
        string option = $"--{kind.ToString().ToLowerInvariant()}";
        if (texts.Length < least || texts.Length > most)
        {
            throw new InputException($"{option}: expected {(least == most ? least : $"{least} to {most}")} words, found {texts.Length}");
        }

        List<ulong> words = [];
        foreach (string text in texts)
        {
            string digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
            words.Add(ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong word)
                ? word
                : throw new InputException($"{option}: expected a word of up to 16 hexadecimal digits, found '{text}'"));
        }

        DecodedStructure structure = StructureDecoder.Decode(kind, words, patches);
        if (json)
        {
            StructureOutput.PrintJson(terminal, structure);
        }
        else
        {
            StructureOutput.Print(terminal, structure);
        }

        return structure.Illegal.Count > 0 ? ExitCode.Difference : ExitCode.Done;
    }

    private static int Run(Terminal terminal, LogInput input, IDecodeOutput output, PatchSet patches, bool follow)
    {
        using LogDecoder decoder = new(patches, output);
        LogLines lines = new(decoder);
        using CancellationTokenSource interrupt = new();
        using (follow ? terminal.OnInterrupt(interrupt.Cancel) : null)
        {
            input.ReadAll(lines, follow ? Idle : null, interrupt.Token);
        }

        if (!decoder.Summary.FoundAnything && !interrupt.IsCancellationRequested)
        {
            throw new InputException(
                $"{input.Name}: no line of an IOMMU among {decoder.Summary.Lines} lines; expected a Linux kernel log with lines such as "
                + "'arm-smmu-v3 <device>: event 0x10 received:'" + (decoder.Summary.HasMappings ? "; these lines tell of mappings: iopf import reads them" : ""));
        }

        output.End(decoder.Summary, patches);
        return decoder.Summary.Contradictions > 0 ? ExitCode.Difference : ExitCode.Done;

        void Idle()
        {
            decoder.Idle();
            output.Idle();
        }
    }
}
