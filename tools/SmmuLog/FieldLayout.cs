namespace Iopf.SmmuLog;

/// <summary>Where a field lies, and what its values mean.</summary>
/// <param name="Name">Its name in the specification.</param>
/// <param name="Word">The number of its word.</param>
/// <param name="High">Its most significant bit within the word.</param>
/// <param name="Low">Its least significant bit within the word.</param>
/// <param name="Meanings">The meanings of its values from 0 on; empty if the value speaks for itself.</param>
internal sealed record FieldLayout(string Name, int Word, int High, int Low, params string[] Meanings)
{
    /// <summary>Whether the value is an address, which stands where it is.</summary>
    public bool IsAddress { get; init; }

    /// <summary>The field of these words.</summary>
    public DecodedField Of(IReadOnlyList<ulong> words)
    {
        ulong word = Word < words.Count ? words[Word] : 0;
        ulong mask = ulong.MaxValue >> (63 - (High - Low));
        ulong value = IsAddress ? word & (mask << Low) : (word >> Low) & mask;
        return new DecodedField(Name, Word, High, Low, value, value < (ulong)Meanings.Length ? Meanings[value] : "");
    }

    /// <summary>A field that is an address.</summary>
    public static FieldLayout Address(string name, int word, int high, int low) => new(name, word, high, low) { IsAddress = true };
}
