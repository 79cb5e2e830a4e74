namespace Iopf.Replay;

/// <summary>One field of an answer.</summary>
/// <param name="Name">Its name in the recording.</param>
/// <param name="Value">Its value in canonical spelling: addresses, sizes and flags as hex, counts as decimal numbers.</param>
public readonly record struct AnswerField(string Name, string Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}={Value}";
}
