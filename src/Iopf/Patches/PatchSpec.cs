using System.Diagnostics.CodeAnalysis;
using Iopf.Kernel;

namespace Iopf.Patches;

/// <summary>A patch set as a user writes it: <c>none</c>, <c>all</c>, <c>1-5</c>, <c>1,2,5</c>, or a mix such as <c>1-4,6</c>.</summary>
public static class PatchSpec
{
    /// <summary>The expected form, in words; every complaint about a patch spec ends with it.</summary>
    public const string Form = "none, all, or numbers and ranges from 1 to 8 such as 1-5, 1,2,5 or 1-4,6";

    /// <summary>Reads a patch spec.</summary>
    /// <param name="spec">What the user wrote.</param>
    /// <returns>The set it names.</returns>
    /// <exception cref="InputException">It is not a patch spec; the message names the bad part and the expected form.</exception>
    public static PatchSet Parse(string spec) =>
        TryParse(spec, out PatchSet patches, out string? complaint) ? patches : throw new InputException(complaint);

    /// <summary>Reads a patch spec without throwing.</summary>
    /// <param name="spec">What the user wrote.</param>
    /// <param name="patches">The set it names; empty if it is not a patch spec.</param>
    /// <param name="complaint">One line naming the bad part and the expected form; null if there is nothing to object.</param>
    /// <returns>Whether it is a patch spec.</returns>
    public static bool TryParse(string spec, out PatchSet patches, [NotNullWhen(false)] out string? complaint)
    {
        ArgumentNullException.ThrowIfNull(spec);
        patches = PatchSet.None;
        complaint = null;
        switch (spec.Trim())
        {
            case "none":
                return true;
            case "all":
                patches = PatchSet.All;
                return true;
        }

        PatchSet named = PatchSet.None;
        foreach (string part in spec.Split(','))
        {
            if (ComplaintAbout(part.Trim(), ref named) is string words)
            {
                complaint = $"patch spec '{spec}': {words}; expected {Form}";
                return false;
            }
        }

        patches = named;
        return true;
    }

    private static string? ComplaintAbout(string part, ref PatchSet named)
    {
        if (part.Length == 0)
        {
            return "a number is missing";
        }

        if (part is "none" or "all")
        {
            return $"'{part}' stands alone";
        }

        int dash = part.IndexOf('-', StringComparison.Ordinal);
        string firstText = dash < 0 ? part : part[..dash].Trim();
        string lastText = dash < 0 ? part : part[(dash + 1)..].Trim();
        if (NumberOf(firstText) is not int first)
        {
            return $"'{part}' is not a patch number or range";
        }

        if (NumberOf(lastText) is not int last)
        {
            return $"'{part}' is not a patch number or range";
        }

        if (first > last)
        {
            return $"the range '{part}' runs backwards";
        }

        for (int number = first; number <= last; number++)
        {
            named = named.With(number);
        }

        return null;
    }

    private static int? NumberOf(string text) => text is [>= '1' and <= '8'] ? text[0] - '0' : null;
}
