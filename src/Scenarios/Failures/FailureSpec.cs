using System.Globalization;
using Iopf.Kernel;

namespace Iopf.Failures;

/// <summary>A call that is to fail, as a user writes it: <c>map:3</c>.</summary>
public static class FailureSpec
{
    /// <summary>The names of the kinds.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. Enum.GetValues<FailureKind>().Select(NameOf)];

    /// <summary>The expected form, in words.</summary>
    public static string Form { get; } = $"KIND:N with N from 1 and KIND one of {string.Join(", ", Kinds)}, such as map:1";

    /// <summary>The name of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>Its name in lower case.</returns>
    public static string NameOf(FailureKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>Adds a call to a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="spec">What the user wrote.</param>
    /// <param name="place">Where, for the complaint.</param>
    /// <exception cref="InputException">It is not such a call.</exception>
    public static void AddTo(FailurePlan plan, string spec, string place)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(spec);
        int colon = spec.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0
            || !TryParseKind(spec[..colon], out FailureKind kind)
            || !long.TryParse(spec.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            || number < 1)
        {
            throw new InputException($"{place}: '{spec}' is not a call that can fail; expected {Form}");
        }

        plan.With(kind, number);
    }

    /// <summary>Reads the name of a kind.</summary>
    /// <param name="name">The name.</param>
    /// <param name="kind">The kind.</param>
    /// <returns>Whether there is such a kind.</returns>
    public static bool TryParseKind(string name, out FailureKind kind)
    {
        int at = Kinds.ToList().IndexOf(name);
        kind = (FailureKind)Math.Max(at, 0);
        return at >= 0;
    }
}
