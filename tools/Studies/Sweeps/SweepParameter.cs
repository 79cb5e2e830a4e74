using System.Globalization;
using Iopf.Kernel;

namespace Iopf.Sweeps;

/// <summary>Something a sweep can vary.</summary>
/// <param name="Name">Its name, as a user writes it.</param>
/// <param name="Form">The expected form of a value, in words.</param>
/// <param name="Check">Gives a value its one spelling; the place is for complaints.</param>
/// <param name="Apply">The setup of a point with the value in it.</param>
internal sealed record SweepParameter(
    string Name,
    string Form,
    Func<string, string, string> Check,
    Func<PointSetup, string, PointSetup> Apply)
{
    /// <summary>What a value is worth as a number; <see langword="null"/> if its values are words.</summary>
    public Func<string, decimal?>? Number { get; init; }

    /// <summary>Whether it belongs to a workload, and to no other scenario.</summary>
    public bool IsOfWorkload { get; init; }

    /// <summary>A parameter of workloads whose values are words.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="words">The words.</param>
    /// <param name="apply">The setup of a point with the value in it.</param>
    /// <returns>The parameter.</returns>
    public static SweepParameter Word(string name, IReadOnlyList<string> words, Func<PointSetup, string, PointSetup> apply)
    {
        string form = $"one of {string.Join(", ", words)}";
        return new SweepParameter(
            name,
            form,
            (text, place) => words.Contains(text) ? text : throw new InputException($"{place}: '{text}' is not a value of {name}; expected {form}"),
            apply)
        {
            IsOfWorkload = true,
        };
    }

    /// <summary>A parameter whose values are integers.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="what">What it counts.</param>
    /// <param name="least">The smallest value.</param>
    /// <param name="most">The largest value.</param>
    /// <param name="number">Reads a number.</param>
    /// <param name="apply">The setup of a point with the value in it.</param>
    /// <returns>The parameter.</returns>
    public static SweepParameter Integer(
        string name, string what, decimal least, decimal most, Func<string, decimal?> number, Func<PointSetup, decimal, PointSetup> apply)
    {
        string form = string.Create(CultureInfo.InvariantCulture, $"{what} from {least} to {most}");
        return new SweepParameter(
            name,
            form,
            (text, place) => number(text) is decimal value && value == decimal.Truncate(value) && value >= least && value <= most
                ? value.ToString("0", CultureInfo.InvariantCulture)
                : throw new InputException($"{place}: '{text}' is not a value of {name}; expected {form}"),
            (setup, text) => apply(setup, decimal.Parse(text, CultureInfo.InvariantCulture)))
        {
            Number = number,
        };
    }
}
