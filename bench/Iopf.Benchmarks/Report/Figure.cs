namespace Iopf.Benchmarks.Report;

/// <summary>Something that is measured by running the command, or counted.</summary>
/// <param name="Key">What targets call it.</param>
/// <param name="Title">What it is.</param>
/// <param name="Value">The median of what was measured, or the count.</param>
/// <param name="Low">The least.</param>
/// <param name="High">The most.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Command">What was run.</param>
internal sealed record Figure(string Key, string Title, double Value, double Low, double High, string Unit, string Command);
