using System.Globalization;

namespace Iopf.Sweeps;

/// <summary>How a row of numbers goes on: by adding, or by multiplying.</summary>
internal sealed class Progression
{
    private readonly decimal _last;
    private readonly decimal _before;
    private readonly bool _multiplies;

    private Progression(decimal before, decimal last, bool multiplies) => (_before, _last, _multiplies) = (before, last, multiplies);

    /// <summary>The ways in which a row can go on.</summary>
    /// <param name="row">Its beginning, two numbers or more.</param>
    /// <returns>None, one, or for two numbers perhaps both.</returns>
    public static IEnumerable<Progression> Of(IReadOnlyList<decimal> row)
    {
        decimal before = row[^2];
        decimal last = row[^1];
        if (last != before && Steps(row).All(step => step.To - step.From == last - before))
        {
            yield return new Progression(before, last, multiplies: false);
        }

        if (last != before && row.All(value => value > 0) && Steps(row).All(step => IsSame(step.To, step.From, last, before)))
        {
            yield return new Progression(before, last, multiplies: true);
        }
    }

    /// <summary>Whether a number comes up, and after how many steps at most.</summary>
    /// <param name="end">The number.</param>
    /// <param name="most">The most steps.</param>
    /// <returns>Whether it does.</returns>
    public bool Reaches(decimal end, int most)
    {
        int steps = 0;
        decimal at = _last;
        foreach (decimal value in Upto(end))
        {
            at = value;
            if (++steps > most)
            {
                return false;
            }
        }

        return at == end;
    }

    /// <summary>The numbers that follow the beginning.</summary>
    /// <param name="end">Where they end, at the latest.</param>
    /// <returns>The numbers.</returns>
    public IEnumerable<decimal> Upto(decimal end)
    {
        bool grows = _last > _before;
        for (decimal value = Next(_last); grows ? value <= end : value >= end; value = Next(value))
        {
            yield return value;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _multiplies
        ? string.Create(CultureInfo.InvariantCulture, $"times {_last / _before:0.####}")
        : string.Create(CultureInfo.InvariantCulture, $"plus {_last - _before:0.####}");

    private static IEnumerable<(decimal From, decimal To)> Steps(IReadOnlyList<decimal> row) =>
        row.Zip(row.Skip(1), static (from, to) => (from, to));

    // Ratios are compared without dividing: thirds have no end.
    private static bool IsSame(decimal numerator, decimal denominator, decimal otherNumerator, decimal otherDenominator) =>
        numerator * otherDenominator == otherNumerator * denominator;

    private decimal Next(decimal value) => _multiplies ? value * _last / _before : value + _last - _before;
}
