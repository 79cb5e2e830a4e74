namespace Iopf.Scenarios.Format;

/// <summary>One field of an operation: what it is called, what it may hold, what happens without it.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Kind">What it may hold.</param>
/// <param name="About">What it says, as a phrase.</param>
internal sealed record OperationField(string Name, FieldKind Kind, string About)
{
    /// <summary>Whether the field must be there.</summary>
    public bool IsRequired { get; init; }

    /// <summary>What holds without the field, as the documentation puts it; empty if it is simply absent.</summary>
    public string Default { get; init; } = "";

    /// <summary>The words of a <see cref="FieldKind.Choice"/>.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The smallest number.</summary>
    public ulong Min { get; init; }

    /// <summary>The largest number or, for <see cref="FieldKind.WholePages"/> and <see cref="FieldKind.Data"/>, the most bytes.</summary>
    public ulong Max { get; init; } = ulong.MaxValue;

    /// <summary>Whether the field names an object that may be left out where only one such object is declared.</summary>
    public bool IsReference => Kind is FieldKind.Process or FieldKind.Device or FieldKind.AnyDevice or FieldKind.Container;
}
