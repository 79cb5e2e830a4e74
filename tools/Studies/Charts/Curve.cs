namespace Iopf.Studies.Charts;

/// <summary>One curve of a chart: what its line joins, and the points that are marked on it or beside it.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Points">The points of the line, from left to right; empty if there is no line.</param>
internal sealed record Curve(string Name, IReadOnlyList<CurvePoint> Points)
{
    /// <summary>Points to mark with a ring in the curve's colour, such as what somebody published or where something ends.</summary>
    public IReadOnlyList<CurvePoint> Marked { get; init; } = [];

    /// <summary>Whether each point of the line has the curve's own sign; too many of them would hide the line.</summary>
    public bool HasSigns { get; init; } = true;
}
