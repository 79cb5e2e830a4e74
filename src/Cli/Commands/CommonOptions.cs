using System.CommandLine;

namespace Iopf.Cli.Commands;

/// <summary>Options that several commands share, so that they read and mean the same everywhere.</summary>
internal static class CommonOptions
{
    /// <summary>Whether to print JSON.</summary>
    /// <returns>The option.</returns>
    public static Option<bool> Json() => new("--json")
    {
        Description = "Print exactly one JSON document on standard output; advice goes to standard error.",
        Arity = ArgumentArity.Zero,
    };
}
