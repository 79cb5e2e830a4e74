namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>One translation table as it lies in memory.</summary>
/// <param name="Address">Its physical address.</param>
/// <param name="Level">Its level, 0 to 3.</param>
/// <param name="Input">The first input address it translates.</param>
/// <param name="Parent">The table that points to it; <see langword="null"/> for the first one.</param>
public sealed record TableNode(ulong Address, int Level, ulong Input, ulong? Parent);
