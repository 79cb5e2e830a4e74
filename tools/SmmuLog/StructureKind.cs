namespace Iopf.SmmuLog;

/// <summary>The structures of an SMMU that can be taken apart.</summary>
public enum StructureKind
{
    /// <summary>A stream table entry: eight words, of which the first four matter most.</summary>
    Ste,

    /// <summary>A context descriptor: eight words, of which the first four matter most.</summary>
    Cd,

    /// <summary>A descriptor of a translation table: one word.</summary>
    Pte,

    /// <summary>A command: two words.</summary>
    Cmd,

    /// <summary>An event record: four words.</summary>
    Event,
}
