using System.Globalization;
using Iopf.Kernel;

namespace Iopf.Scenarios.Steps;

/// <summary>What a step came to.</summary>
/// <param name="Result">"0", the name of an errno, or an answer.</param>
/// <param name="Details">What else it reported, by name.</param>
internal readonly record struct StepOutcome(string Result, IReadOnlyList<KeyValuePair<string, string>> Details)
{
    /// <summary>The outcome of a call that returns an error or success.</summary>
    /// <param name="errno">The error.</param>
    public static implicit operator StepOutcome(Errno errno) => new(errno.ToCName(), []);

    /// <summary>The outcome of a call that returns a count or an error.</summary>
    /// <param name="result">The count or error.</param>
    public static implicit operator StepOutcome(Result<int> result) =>
        new(result.IsSuccess ? result.Value.ToString(CultureInfo.InvariantCulture) : result.Error.ToCName(), []);

    /// <summary>Names a result without details.</summary>
    /// <param name="result">The result.</param>
    /// <returns>The outcome.</returns>
    public static StepOutcome Of(string result) => new(result, []);

    /// <summary>Whether the result is an errno.</summary>
    public bool IsErrno => Result.Length > 1 && Result[0] == 'E' && Enum.TryParse<Errno>(Result, out _);

    /// <summary>Adds a detail.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <returns>The outcome with it.</returns>
    public StepOutcome With(string name, string value) => this with { Details = [.. Details, new(name, value)] };

    /// <summary>Adds a count.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <returns>The outcome with it.</returns>
    public StepOutcome With(string name, long value) => With(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Adds a flag.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <returns>The outcome with it.</returns>
    public StepOutcome With(string name, bool value) => With(name, value ? "true" : "false");

    /// <summary>Adds an address or a size.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <returns>The outcome with it.</returns>
    public StepOutcome WithHex(string name, ulong value) => With(name, $"0x{value:x}");

    /// <summary>Adds bytes, at most the first 64.</summary>
    /// <param name="name">Their name.</param>
    /// <param name="bytes">The bytes.</param>
    /// <returns>The outcome with them.</returns>
    public StepOutcome WithData(string name, ReadOnlySpan<byte> bytes) =>
        With(name, Convert.ToHexStringLower(bytes[..Math.Min(bytes.Length, 64)]));

    /// <summary>Whether an expectation is met.</summary>
    /// <param name="expected">The expectation.</param>
    /// <returns>Whether result and details are as expected; numbers compare by value.</returns>
    public bool Meets(Expectation expected)
    {
        if (expected.Result is string result && !IsSame(result, Result))
        {
            return false;
        }

        foreach (KeyValuePair<string, string> wanted in expected.Details)
        {
            if (!Details.Any(detail => detail.Key == wanted.Key && IsSame(wanted.Value, detail.Value)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsSame(string expected, string actual) =>
        string.Equals(expected, actual, StringComparison.OrdinalIgnoreCase)
        || (Format.JsonPlace.TryParse(expected, out ulong left) && Format.JsonPlace.TryParse(actual, out ulong right) && left == right);
}
