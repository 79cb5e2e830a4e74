namespace Iopf.Scenarios;

/// <summary>What a step of a scenario says its outcome is with all eight patches.</summary>
/// <param name="Result">The result, or <see langword="null"/> if any will do.</param>
/// <param name="Details">Expected details by name, as text.</param>
public sealed record Expectation(string? Result, IReadOnlyList<KeyValuePair<string, string>> Details)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        IEnumerable<string> parts = Details.Select(detail => $"{detail.Key}={detail.Value}");
        return string.Join(' ', Result is null ? parts : parts.Prepend(Result));
    }
}
