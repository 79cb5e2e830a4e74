using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Iopf.Kernel;

/// <summary>A set of errata as a user writes it: <c>none</c>, <c>all</c>, or ids such as <c>E01,E23</c>.</summary>
public static class ErrataSpec
{
    /// <summary>The expected form, in words; every complaint about an errata spec ends with it.</summary>
    public const string Form = "none, all, or ids from E01 to E78 such as E01 or E01,E23";

    /// <summary>Reads an errata spec.</summary>
    /// <param name="spec">What the user wrote.</param>
    /// <returns>The set it names.</returns>
    /// <exception cref="InputException">It is not an errata spec; the message names the bad part and the expected form.</exception>
    public static ErrataSet Parse(string spec) =>
        TryParse(spec, out ErrataSet errata, out string? complaint) ? errata : throw new InputException(complaint);

    /// <summary>Reads an errata spec without throwing.</summary>
    /// <param name="spec">What the user wrote.</param>
    /// <param name="errata">The set it names; empty if it is not an errata spec.</param>
    /// <param name="complaint">One line naming the bad part and the expected form; null if there is nothing to object.</param>
    /// <returns>Whether it is an errata spec.</returns>
    public static bool TryParse(string spec, out ErrataSet errata, [NotNullWhen(false)] out string? complaint)
    {
        ArgumentNullException.ThrowIfNull(spec);
        errata = ErrataSet.None;
        complaint = null;
        switch (spec.Trim())
        {
            case "none":
                return true;
            case "all":
                errata = ErrataSet.All;
                return true;
        }

        ErrataSet named = ErrataSet.None;
        foreach (string part in spec.Split(','))
        {
            if (!TryParseId(part.Trim(), out Erratum erratum))
            {
                string words = part.Trim() is "none" or "all" ? $"'{part.Trim()}' stands alone" : $"'{part.Trim()}' is not the id of an erratum";
                complaint = $"errata spec '{spec}': {words}; expected {Form}";
                return false;
            }

            named = named.With(erratum);
        }

        errata = named;
        return true;
    }

    /// <summary>Reads the id of one erratum.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="erratum">The erratum.</param>
    /// <returns>Whether it is an id such as <c>E07</c>.</returns>
    public static bool TryParseId(string text, out Erratum erratum)
    {
        ArgumentNullException.ThrowIfNull(text);
        erratum = default;
        if (text is not ['E' or 'e', _, _] || !int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return false;
        }

        erratum = (Erratum)number;
        return number is >= 1 and <= ErrataSet.Count;
    }
}
