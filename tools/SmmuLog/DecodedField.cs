namespace Iopf.SmmuLog;

/// <summary>One field of a structure.</summary>
/// <param name="Name">Its name in the specification.</param>
/// <param name="Word">The number of its word.</param>
/// <param name="High">Its most significant bit within the word.</param>
/// <param name="Low">Its least significant bit within the word.</param>
/// <param name="Value">Its value; an address stands where it is, other fields are shifted down.</param>
/// <param name="Meaning">What the value means; empty if it speaks for itself.</param>
public sealed record DecodedField(string Name, int Word, int High, int Low, ulong Value, string Meaning);
