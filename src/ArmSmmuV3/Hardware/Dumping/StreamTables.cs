namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>The translation tables of one stream, as they lie in memory.</summary>
/// <param name="Device">The device.</param>
/// <param name="StreamId">Its stream ID.</param>
/// <param name="Stage">1 or 2; of a nested stream only the host's stage 2 is shown. 0 if nothing translates.</param>
/// <param name="InputBits">The width of the addresses they translate.</param>
/// <param name="Tables">The tables, each after the one that points to it.</param>
/// <param name="Leaves">Runs of leaves within one table, in ascending order.</param>
public sealed record StreamTables(
    string Device, uint StreamId, int Stage, int InputBits, IReadOnlyList<TableNode> Tables, IReadOnlyList<LeafRun> Leaves);
