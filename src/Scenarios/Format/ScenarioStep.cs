namespace Iopf.Scenarios;

/// <summary>One step of a scenario: an operation and its arguments.</summary>
/// <param name="Op">The operation's name.</param>
/// <param name="Path">Where it stands in the file, such as <c>$.steps[3]</c>.</param>
/// <param name="Values">The fields that are given, in the order of the format's table.</param>
/// <param name="Expect">What the file expects of it, if anything.</param>
/// <param name="Note">The file's remark on it; may be empty.</param>
/// <param name="Steps">The block of a <c>repeat</c>; else empty.</param>
public sealed record ScenarioStep(
    string Op,
    string Path,
    IReadOnlyDictionary<string, StepValue> Values,
    Expectation? Expect,
    string Note,
    IReadOnlyList<ScenarioStep> Steps)
{
    /// <summary>The threads of a <c>parallel</c>, each with its steps; else empty.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<ScenarioStep>>> Threads { get; init; } = [];

    /// <summary>The operation as one would read it: its name and its arguments.</summary>
    public string Text => $"{Op} {Arguments}".TrimEnd();

    /// <summary>The arguments as one would read them.</summary>
    public string Arguments => string.Join(' ', Values.Select(value => $"{value.Key}={value.Value.Text}"));

    /// <summary>Whether a field is given.</summary>
    /// <param name="field">The field's name.</param>
    /// <returns>Whether it is.</returns>
    public bool Has(string field) => Values.ContainsKey(field);

    /// <summary>The number in a field.</summary>
    /// <param name="field">The field's name.</param>
    /// <param name="otherwise">What holds without the field.</param>
    /// <returns>The number.</returns>
    public ulong Number(string field, ulong otherwise = 0) => Values.TryGetValue(field, out StepValue? value) ? value.Number : otherwise;

    /// <summary>The word or name in a field.</summary>
    /// <param name="field">The field's name.</param>
    /// <param name="otherwise">What holds without the field.</param>
    /// <returns>The word.</returns>
    public string Word(string field, string otherwise = "") => Values.TryGetValue(field, out StepValue? value) ? value.Text : otherwise;

    /// <summary>The flag in a field.</summary>
    /// <param name="field">The field's name.</param>
    /// <returns>Whether it is given and true.</returns>
    public bool Flag(string field) => Number(field) == 1;

    /// <summary>The bytes in a field.</summary>
    /// <param name="field">The field's name.</param>
    /// <returns>The bytes; empty without the field.</returns>
    public ReadOnlyMemory<byte> Data(string field) => Values.TryGetValue(field, out StepValue? value) ? value.Data : default;

    /// <summary>The numbers in a field.</summary>
    /// <param name="field">The field's name.</param>
    /// <returns>The numbers; empty without the field.</returns>
    public IReadOnlyList<ulong> Numbers(string field) => Values.TryGetValue(field, out StepValue? value) ? value.Numbers : [];

    /// <summary>The words in a field.</summary>
    /// <param name="field">The field's name.</param>
    /// <returns>The words; empty without the field.</returns>
    public IReadOnlyList<string> Words(string field) => Values.TryGetValue(field, out StepValue? value) ? value.Words : [];
}
