using System.Globalization;
using System.Net;
using System.Text;

namespace Iopf.Studies.Charts;

/// <summary>Curves over two axes as an SVG picture that needs nothing else.</summary>
/// <remarks>Curves differ in colour, dash and sign, so that they can be told apart without colour; the picture follows a dark reader.</remarks>
/// <param name="Title">What the picture shows.</param>
/// <param name="X">The horizontal axis.</param>
/// <param name="Y">The vertical axis.</param>
/// <param name="Curves">The curves, in the order of the legend.</param>
internal sealed record CurveChart(string Title, ChartAxis X, ChartAxis Y, IReadOnlyList<Curve> Curves)
{
    private const int Left = 78;
    private const int PlotWidth = 600;
    private const int PlotHeight = 360;
    private const int LegendGap = 22;
    private const int LegendRow = 22;
    private const int SampleWidth = 44;
    private const double CharacterWidth = 7.4;

    /// <summary>A second line under the title: what was held fixed, and the command that makes the picture.</summary>
    public string Subtitle { get; init; } = "";

    /// <summary>What the rings of marked points stand for; empty if no point is marked.</summary>
    public string MarkedMeaning { get; init; } = "";

    private int Top => Subtitle.Length == 0 ? 44 : 62;

    private int Width => Math.Max(Left + PlotWidth + LegendGap + SampleWidth + TextWidth(LongestName()) + 16, Left + (TextWidth(Subtitle) * 22 / 25));

    private int Height => Math.Max(Top + PlotHeight + 58, Top + ((Curves.Count + 1) * LegendRow));

    /// <summary>The picture.</summary>
    /// <returns>Lines of SVG, without line breaks.</returns>
    public IEnumerable<string> Lines()
    {
        IEnumerable<CurvePoint> all = Curves.SelectMany(curve => curve.Points.Concat(curve.Marked)).Where(IsShown);
        IReadOnlyList<double> across = X.Ticks(all.Select(point => point.X));
        IReadOnlyList<double> up = Y.Ticks(all.Select(point => point.Y));
        yield return Put($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\" role=\"img\">");
        yield return $"<title>{Encoded(Title)}</title>";
        yield return $"<style>{CurveStyle.Css}</style>";
        yield return Put($"<rect class=\"paper\" width=\"{Width}\" height=\"{Height}\"/>");
        yield return Put($"<text class=\"name\" x=\"{Left}\" y=\"26\">{Encoded(Title)}</text>");
        if (Subtitle.Length > 0)
        {
            yield return Put($"<text class=\"dim\" x=\"{Left}\" y=\"46\">{Encoded(Subtitle)}</text>");
        }

        foreach (string line in Grid(across, up).Concat(Drawn(across, up)).Concat(Legend()))
        {
            yield return line;
        }

        yield return "</svg>";
    }

    private IEnumerable<string> Grid(IReadOnlyList<double> across, IReadOnlyList<double> up)
    {
        int bottom = Top + PlotHeight;
        foreach (double tick in across)
        {
            double x = AtX(tick, across);
            yield return Put($"<line class=\"grid\" x1=\"{x:0.#}\" y1=\"{Top}\" x2=\"{x:0.#}\" y2=\"{bottom + 5}\"/>");
            yield return Put($"<text class=\"tick\" text-anchor=\"middle\" x=\"{x:0.#}\" y=\"{bottom + 20}\">{ChartAxis.Figures(tick)}</text>");
        }

        foreach (double tick in up)
        {
            double y = AtY(tick, up);
            yield return Put($"<line class=\"grid\" x1=\"{Left - 5}\" y1=\"{y:0.#}\" x2=\"{Left + PlotWidth}\" y2=\"{y:0.#}\"/>");
            yield return Put($"<text class=\"tick\" text-anchor=\"end\" x=\"{Left - 9}\" y=\"{y + 4:0.#}\">{ChartAxis.Figures(tick)}</text>");
        }

        yield return Put($"<path class=\"axis\" d=\"M{Left} {Top}V{bottom}H{Left + PlotWidth}\"/>");
        yield return Put($"<text text-anchor=\"middle\" x=\"{Left + (PlotWidth / 2)}\" y=\"{bottom + 44}\">{Encoded(X.Label)}</text>");
        int middle = Top + (PlotHeight / 2);
        yield return Put($"<text text-anchor=\"middle\" transform=\"translate(18 {middle}) rotate(-90)\">{Encoded(Y.Label)}</text>");
    }

    private IEnumerable<string> Drawn(IReadOnlyList<double> across, IReadOnlyList<double> up)
    {
        for (int i = 0; i < Curves.Count; i++)
        {
            CurvePoint[] places = [.. Places(Curves[i].Points, across, up)];
            if (places.Length > 1)
            {
                StringBuilder path = new();
                foreach (CurvePoint place in places)
                {
                    path.Append(Put($"{(path.Length == 0 ? 'M' : 'L')}{place.X:0.#} {place.Y:0.#}"));
                }

                yield return $"<path class=\"c{CurveStyle.Number(i)}\" d=\"{path}\"/>";
            }

            foreach (CurvePoint place in places.Where(_ => Curves[i].HasSigns || places.Length == 1))
            {
                yield return CurveStyle.Sign(i, place);
            }

            foreach (CurvePoint place in Places(Curves[i].Marked, across, up))
            {
                yield return CurveStyle.Ring(i, place);
            }
        }
    }

    private IEnumerable<string> Legend()
    {
        int x = Left + PlotWidth + LegendGap;
        for (int i = 0; i < Curves.Count; i++)
        {
            int y = Top + 8 + (i * LegendRow);
            if (Curves[i].Points.Count > 0)
            {
                yield return Put($"<path class=\"c{CurveStyle.Number(i)}\" d=\"M{x} {y}h{SampleWidth - 8}\"/>");
                if (Curves[i].HasSigns)
                {
                    yield return CurveStyle.Sign(i, new CurvePoint(x + ((SampleWidth - 8) / 2), y));
                }
            }
            else
            {
                yield return CurveStyle.Ring(i, new CurvePoint(x + ((SampleWidth - 8) / 2), y));
            }

            yield return Put($"<text x=\"{x + SampleWidth}\" y=\"{y + 4}\">{Encoded(Curves[i].Name)}</text>");
        }

        if (MarkedMeaning.Length > 0 && Curves.Any(static curve => curve.Marked.Count > 0))
        {
            int y = Top + 8 + (Curves.Count * LegendRow);
            yield return Put($"<circle class=\"ring any\" cx=\"{x + ((SampleWidth - 8) / 2)}\" cy=\"{y}\" r=\"7\"/>");
            yield return Put($"<text x=\"{x + SampleWidth}\" y=\"{y + 4}\">{Encoded(MarkedMeaning)}</text>");
        }
    }

    private IEnumerable<CurvePoint> Places(IEnumerable<CurvePoint> points, IReadOnlyList<double> across, IReadOnlyList<double> up) =>
        points.Where(IsShown).Select(point => new CurvePoint(AtX(point.X, across), AtY(point.Y, up)));

    private bool IsShown(CurvePoint point) => X.CanShow(point.X) && Y.CanShow(point.Y);

    private double AtX(double value, IReadOnlyList<double> ticks) => Left + (X.Place(value, ticks) * PlotWidth);

    private double AtY(double value, IReadOnlyList<double> ticks) => Top + PlotHeight - (Y.Place(value, ticks) * PlotHeight);

    private string LongestName() => Curves.Select(curve => curve.Name).Append(MarkedMeaning).MaxBy(name => name.Length) ?? "";

    private static int TextWidth(string text) => (int)Math.Ceiling(text.Length * CharacterWidth);

    private static string Encoded(string text) => WebUtility.HtmlEncode(text.ReplaceLineEndings(" "));

    private static string Put(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
