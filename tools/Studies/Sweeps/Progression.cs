using System.Globalization;

namespace Iopf.Sweeps;

/// <summary>How a row of numbers goes on: by adding, or by multiplying.</summary>
internal sealed class Progression
{
    private readonly decimal _from;
    private readonly decimal _to;
    private readonly decimal _last;
    private readonly bool _multiplies;

    private Progression(decimal from, decimal to, decimal last, bool multiplies) => (_from, _to, _last, _multiplies) = (from, to, last, multiplies);

    /// <summary>The ways in which a row can go on.</summary>
    /// <param name="row">Its beginning, two numbers or more.</param>
    /// <returns>None, one, or for two numbers perhaps both.</returns>
    public static IEnumerable<Progression> Of(IReadOnlyList<decimal> row)
    {
        decimal before = row[^2];
        decimal last = row[^1];
        if (last != before && Steps(row).All(step => step.To - step.From == last - before))
        {
            yield return new Progression(before, last, last, multiplies: false);
        }

        if (last != before && row.All(value => value > 0) && Ratio(before, last) is { } ratio && Steps(row).All(step => Ratio(step.From, step.To) == ratio))
        {
            yield return new Progression(ratio.From, ratio.To, last, multiplies: true);
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
        bool grows = _to > _from;
        for (decimal? value = Next(_last); grows ? value <= end : value >= end; value = Next(value.Value))
        {
            yield return value.Value;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _multiplies
        ? string.Create(CultureInfo.InvariantCulture, $"times {_to / _from:0.####}")
        : string.Create(CultureInfo.InvariantCulture, $"plus {_to - _from:0.####}");

    private static IEnumerable<(decimal From, decimal To)> Steps(IReadOnlyList<decimal> row) =>
        row.Zip(row.Skip(1), static (from, to) => (from, to));

    // In lowest terms: thirds have no end, and large numbers would multiply to larger ones. Null if no decimal holds it.
    private static (decimal From, decimal To)? Ratio(decimal from, decimal to)
    {
        (decimal divisor, decimal rest) = (from, to);
        while (rest != 0)
        {
            (divisor, rest) = (rest, divisor % rest);
        }

        try
        {
            return (from / divisor, to / divisor);
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    // Null if no decimal holds it: it is beyond every end.
    private decimal? Next(decimal value)
    {
        try
        {
            return _multiplies ? value * _to / _from : value + _to - _from;
        }
        catch (OverflowException)
        {
            return null;
        }
    }
}
