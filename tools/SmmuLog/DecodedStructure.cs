namespace Iopf.SmmuLog;

/// <summary>A structure of the SMMU, taken apart.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Words">Its words.</param>
/// <param name="Fields">Its fields in the order of the words.</param>
/// <param name="Illegal">What the specification forbids or the SMMU refuses; one sentence each.</param>
/// <param name="Linux">What Linux does with it.</param>
public sealed record DecodedStructure(
    string Name, IReadOnlyList<ulong> Words, IReadOnlyList<DecodedField> Fields, IReadOnlyList<string> Illegal, string Linux);
