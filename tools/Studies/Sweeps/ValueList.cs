using System.Globalization;
using Iopf.Kernel;

namespace Iopf.Sweeps;

/// <summary>The values of a parameter as a user writes them: <c>1,2,4</c>, <c>1,2,4,...,4096</c>, <c>1..100</c>, or a mix.</summary>
internal static class ValueList
{
    /// <summary>The expected form, in words.</summary>
    public const string Form = "values such as 1,2,4 or 1..100 or 1,2,4,...,4096";

    /// <summary>The most values one parameter may take.</summary>
    public const int MostValues = 1_000_000;

    private const string Ellipsis = "...";
    private const string Between = "..";

    /// <summary>Reads a list.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="place">Where, for the complaint.</param>
    /// <param name="number">What a value is worth as a number; <see langword="null"/> where the parameter's values are words.</param>
    /// <returns>The values as written, ranges and ellipses written out in plain numbers.</returns>
    /// <exception cref="InputException">It is no such list.</exception>
    public static List<string> Parse(string text, string place, Func<string, decimal?>? number)
    {
        string[] words = text.Split(',', StringSplitOptions.TrimEntries);
        List<string> values = [];
        for (int i = 0; i < words.Length; i++)
        {
            if (words[i].Length == 0)
            {
                throw new InputException($"{place}: '{text}' lacks a value; expected {Form}");
            }

            if (words[i] == Ellipsis)
            {
                Numeric(number, words[i], place);
                string end = i + 1 < words.Length ? words[i + 1] : "";
                Extend(values, end, $"{place}: '{text}'", number!);
                i++;
            }
            else if (number is not null && words[i].IndexOf(Between, StringComparison.Ordinal) is int at and > 0)
            {
                AddRange(values, words[i][..at], words[i][(at + Between.Length)..], place, number);
            }
            else
            {
                values.Add(words[i]);
            }
        }

        return values;
    }

    private static void Numeric(Func<string, decimal?>? number, string word, string place)
    {
        if (number is null)
        {
            throw new InputException($"{place}: '{word}' stands between numbers, and the values of this parameter are words; expected a list of them");
        }
    }

    private static void AddRange(List<string> values, string from, string to, string place, Func<string, decimal?> number)
    {
        if (number(from) is not decimal first || number(to) is not decimal last || first != decimal.Truncate(first) || last != decimal.Truncate(last))
        {
            throw new InputException($"{place}: '{from}..{to}' is not a range of integers; expected one such as 1..100");
        }

        if (last < first || last - first >= MostValues)
        {
            throw new InputException($"{place}: '{from}..{to}' has {(last < first ? "no" : "too many")} values; expected a range of 1 to {MostValues} of them");
        }

        for (decimal value = first; value <= last; value++)
        {
            values.Add(Text(value));
        }
    }

    private static void Extend(List<string> values, string end, string what, Func<string, decimal?> number)
    {
        decimal?[] begun = [.. values.Select(number)];
        if (begun.Length < 2 || begun.Contains(null) || number(end) is not decimal last)
        {
            throw new InputException($"{what}: '{Ellipsis}' needs two numbers or more before it and one after it; expected {Form}");
        }

        Progression[] readings = [.. Progression.Of([.. begun.Select(value => value!.Value)]).Where(reading => reading.Reaches(last, MostValues))];
        switch (readings.Length)
        {
            case 0:
                throw new InputException($"{what}: adding or multiplying as the first numbers do does not lead to {end}; expected {Form}");
            case 2:
                throw new InputException($"{what}: the first two numbers can mean {readings[0]} or {readings[1]}; give three of them");
        }

        values.AddRange(readings[0].Upto(last).Select(Text));
    }

    private static string Text(decimal value) => value.ToString("0.############################", CultureInfo.InvariantCulture);
}
