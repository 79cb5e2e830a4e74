using System.CommandLine;
using System.CommandLine.Parsing;

namespace Iopf.Cli;

/// <summary>Says in a few words what is wrong with a command line.</summary>
internal static class UsageCheck
{
    /// <summary>Objects to what nobody knows, even next to --help.</summary>
    /// <param name="parsed">The parsed arguments.</param>
    /// <param name="args">The arguments as given.</param>
    /// <exception cref="UsageException">A command, option or argument is unknown.</exception>
    public static void CheckNames(ParseResult parsed, IReadOnlyList<string> args)
    {
        // The library would silently drop what looks like one of its directives.
        if (args.Count > 0 && args[0].StartsWith('['))
        {
            throw new UsageException($"unknown command '{args[0]}'");
        }

        // An option nobody knows would otherwise be taken for the value of an argument.
        List<string> strays = [.. parsed.UnmatchedTokens, .. ArgumentValues(parsed.CommandResult)];
        if (strays.Find(LooksLikeOption) is string option && !args.Contains("--"))
        {
            throw new UsageException($"{In(parsed)}unknown option '{option}'");
        }

        if (OptionTakenForValue(parsed.CommandResult) is string hungry)
        {
            throw new UsageException($"{In(parsed)}option '{hungry}' lacks its value");
        }

        if (parsed.UnmatchedTokens.Count > 0)
        {
            string stray = parsed.UnmatchedTokens[0];
            throw parsed.CommandResult.Command is RootCommand
                ? new UsageException($"unknown command '{stray}'")
                : new UsageException($"{In(parsed)}unexpected argument '{stray}'");
        }
    }

    /// <summary>Objects to what is missing or given too often.</summary>
    /// <param name="parsed">The parsed arguments.</param>
    /// <exception cref="UsageException">There is something to object.</exception>
    public static void CheckValues(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0)
        {
            return;
        }

        if (parsed.CommandResult.Command is RootCommand root)
        {
            string names = string.Join(", ", root.Subcommands.Select(command => command.Name));
            throw new UsageException($"a command is missing; expected one of {names}");
        }

        throw new UsageException(In(parsed) + Words(parsed.Errors[0]));
    }

    private static string In(ParseResult parsed) =>
        parsed.CommandResult.Command is RootCommand ? "" : $"{parsed.CommandResult.Command.Name}: ";

    /// <summary>The option whose value is, by all appearance, the next option.</summary>
    private static string? OptionTakenForValue(CommandResult command) =>
        command.Children.OfType<OptionResult>()
            .FirstOrDefault(option => option.Tokens.Any(token => token.Value.StartsWith("--", StringComparison.Ordinal)))?
            .Option.Name;

    private static bool LooksLikeOption(string token) => token.Length > 1 && token[0] == '-';

    private static IEnumerable<string> ArgumentValues(CommandResult command) =>
        command.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Select(token => token.Value);

    private static string Words(ParseError error)
    {
        switch (error.SymbolResult)
        {
            case OptionResult { Option: Option option } given when given.Tokens.Count == 0:
                return $"option '{option.Name}' lacks its value";
            case OptionResult { Option: Option option } given when given.Tokens.Count > 1:
                return $"option '{option.Name}' is given more than once";
            case ArgumentResult { Argument: Argument argument } given when given.Tokens.Count == 0:
                return $"argument {argument.Name} is missing";
            case CommandResult given when given.Command.Arguments.FirstOrDefault(argument => Lacks(given, argument)) is Argument missing:
                return $"argument {missing.Name} is missing";
            default:
                string message = error.Message.TrimEnd('.');
                return char.ToLowerInvariant(message[0]) + message[1..];
        }
    }

    private static bool Lacks(CommandResult given, Argument argument) =>
        argument.Arity.MinimumNumberOfValues > 0 && given.GetResult(argument) is null or { Tokens.Count: 0 };
}
