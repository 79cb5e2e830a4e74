using Iopf.Kernel;

namespace Iopf.Sweeps;

/// <summary>One parameter of a sweep with the values it takes.</summary>
public sealed class SweepAxis
{
    private readonly SweepParameter _parameter;

    private SweepAxis(SweepParameter parameter, IReadOnlyList<string> values) => (_parameter, Values) = (parameter, values);

    /// <summary>The parameter's name.</summary>
    public string Name => _parameter.Name;

    /// <summary>Its values, each in its one spelling, in the order given.</summary>
    public IReadOnlyList<string> Values { get; }

    /// <summary>Whether its values are numbers.</summary>
    public bool IsNumeric => _parameter.Number is not null;

    internal bool IsOfWorkload => _parameter.IsOfWorkload;

    /// <summary>Reads an axis.</summary>
    /// <param name="text">What the user wrote: <c>NAME=VALUES</c>.</param>
    /// <param name="place">Where, for the complaint.</param>
    /// <returns>The axis.</returns>
    /// <exception cref="InputException">There is no such parameter, or it cannot take one of the values.</exception>
    public static SweepAxis Parse(string text, string place)
    {
        ArgumentNullException.ThrowIfNull(text);
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            throw new InputException($"{place}: '{text}' has no values; expected NAME=VALUES, such as Premap:Length=1,2,4,...,4096");
        }

        SweepParameter parameter = SweepParameters.Find(text[..equals].Trim(), place);
        string where = $"{place} {parameter.Name}";
        List<string> values = ValueList.Parse(text[(equals + 1)..], where, parameter.Number);
        if (values.Count > ValueList.MostValues)
        {
            throw new InputException($"{where}: has too many values; expected 1 to {ValueList.MostValues} of them");
        }

        string[] canonical = [.. values.Select(value => parameter.Check(value, where))];
        HashSet<string> seen = [];
        string? twice = Array.Find(canonical, value => !seen.Add(value));
        return twice is null ? new SweepAxis(parameter, canonical) : throw new InputException($"{where}: the value {twice} is there twice");
    }

    internal PointSetup Apply(PointSetup setup, int value) => _parameter.Apply(setup, Values[value]);
}
