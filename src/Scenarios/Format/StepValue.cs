namespace Iopf.Scenarios;

/// <summary>The value of one field of a step.</summary>
/// <param name="Text">The value as one would write it.</param>
public sealed record StepValue(string Text)
{
    /// <summary>The number, for fields that hold one; 1 for true.</summary>
    public ulong Number { get; init; }

    /// <summary>The bytes, for fields that hold data.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The numbers, for fields that hold a list of them.</summary>
    public IReadOnlyList<ulong> Numbers { get; init; } = [];

    /// <summary>The words, for fields that hold a list of them.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];
}
