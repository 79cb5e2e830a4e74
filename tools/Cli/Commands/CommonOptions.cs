using System.CommandLine;
using System.Globalization;
using Iopf.Kernel;

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

    /// <summary>Reads a number that an option gives.</summary>
    /// <param name="option">The option's name.</param>
    /// <param name="what">What it counts, for a complaint.</param>
    /// <param name="text">What was given; <see langword="null"/> if nothing was.</param>
    /// <param name="otherwise">What holds if nothing was given.</param>
    /// <returns>The number, from 1.</returns>
    /// <exception cref="InputException">It is not such a number.</exception>
    public static long Count(string option, string what, string? text, long otherwise)
    {
        if (text is null)
        {
            return otherwise;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= 1
            ? number
            : throw new InputException($"{option}: '{text}' is not a number of {what}; expected an integer from 1");
    }

    /// <summary>Reads a seed that an option gives.</summary>
    /// <param name="option">The option's name.</param>
    /// <param name="text">What was given; <see langword="null"/> if nothing was.</param>
    /// <returns>The seed; 0 if nothing was given.</returns>
    /// <exception cref="InputException">It is no seed.</exception>
    public static ulong Seed(string option, string? text)
    {
        if (text is null)
        {
            return 0;
        }

        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)
            ? seed
            : throw new InputException($"{option}: '{text}' is not a seed; expected an integer from 0 to {ulong.MaxValue}");
    }
}
