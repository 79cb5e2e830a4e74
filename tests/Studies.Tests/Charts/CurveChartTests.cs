using System.Globalization;
using System.Xml.Linq;
using Iopf.Studies.Charts;

namespace Iopf.Studies.Tests.Charts;

public sealed class CurveChartTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Chart_is_one_svg_document_with_a_line_a_sign_and_a_legend_for_each_curve()
    {
        CurveChart chart = new("Faults & <more>", new ChartAxis("guests"), new ChartAxis("throughput", "MiB/s"),
            [new Curve("static", [new(1, 50), new(60, 2900)]), new Curve("iopf-1", [new(1, 49), new(256, 11_900)])]);

        XElement picture = Parsed(chart);

        Assert.Equal(["c0", "c0", "c1", "c1"], picture.Elements(Svg + "path").Select(Class).Where(name => name.StartsWith('c')).Order());
        Assert.Equal(4 + 2, picture.Elements(Svg + "path").Count(path => Class(path).StartsWith('s')));
        Assert.Equal(["Faults & <more>", "guests", "throughput, MiB/s", "static", "iopf-1"], Texts(picture).Where(text => !char.IsDigit(text[0])));
    }

    [Fact]
    public void Powers_of_two_are_evenly_spaced_on_a_log2_axis_and_what_it_cannot_show_is_left_out()
    {
        CurveChart chart = new("Window", new ChartAxis("pages", "", ChartScale.Log2), new ChartAxis("faults"),
            [new Curve("faults", [new(0, 7), new(1, 518), new(8, 66), new(512, 6)])]);

        XElement picture = Parsed(chart);

        double[] ticks = [.. picture.Elements(Svg + "line").Where(line => (string?)line.Attribute("x1") == (string?)line.Attribute("x2"))
            .Select(line => double.Parse((string)line.Attribute("x1")!, CultureInfo.InvariantCulture))];
        Assert.Equal(10, ticks.Length);
        Assert.All(ticks.Zip(ticks.Skip(1)), pair => Assert.Equal(600.0 / 9, pair.Second - pair.First, 0.11));
        Assert.Equal(3 + 1, picture.Elements(Svg + "path").Count(path => Class(path) == "s0"));
    }

    [Fact]
    public void Marked_points_have_rings_and_the_legend_says_what_they_mean()
    {
        CurveChart chart = new("Table", new ChartAxis("n"), new ChartAxis("slowdown", "%"), [new Curve("model", [new(1, 60), new(100, 20)]) { Marked = [new(1, 63.4)] }])
        {
            MarkedMeaning = "published",
        };

        XElement picture = Parsed(chart);

        Assert.Equal(["ring r0", "ring any"], picture.Elements(Svg + "circle").Select(Class));
        Assert.Contains("published", Texts(picture));
    }

    [Fact]
    public void Legend_stands_right_of_the_plot_and_inside_the_picture()
    {
        string longest = new('w', 40);
        XElement picture = Parsed(new CurveChart("T", new ChartAxis("x"), new ChartAxis("y"), [.. Enumerable.Range(0, 20).Select(i => new Curve($"{longest}{i}", [new(i, i)]))]));

        XElement[] names = [.. picture.Elements(Svg + "text").Where(text => text.Value.StartsWith('w'))];
        Assert.Equal(20, names.Select(name => (string?)name.Attribute("y")).Distinct().Count());
        Assert.All(names, name => Assert.InRange((double)name.Attribute("x")!, 679, (double)picture.Attribute("width")! - (42 * 7)));
        Assert.All(names, name => Assert.InRange((double)name.Attribute("y")!, 0, (double)picture.Attribute("height")!));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 3)]
    [InlineData(-5e11, 1e12)]
    [InlineData(1e-6, 2e-6)]
    public void Ticks_of_a_linear_axis_enclose_the_values_and_zero(double least, double most)
    {
        IReadOnlyList<double> ticks = new ChartAxis("x").Ticks([least, most]);

        Assert.InRange(ticks.Count, 2, 12);
        Assert.True(ticks[0] <= Math.Min(0, least) && ticks[^1] >= most);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(2500, "2500")]
    [InlineData(12_000, "12k")]
    [InlineData(1 << 20, "1.0486M")]
    [InlineData(0.25, "0.25")]
    public void Ticks_are_short(double tick, string figures) => Assert.Equal(figures, ChartAxis.Figures(tick));

    [Fact]
    public void Chart_without_any_point_is_still_a_picture() => Assert.NotEmpty(Texts(Parsed(new CurveChart("T", new ChartAxis("x"), new ChartAxis("y", "", ChartScale.Log10), []))));

    private static XElement Parsed(CurveChart chart) => XDocument.Parse(string.Join('\n', chart.Lines())).Root!;

    private static string Class(XElement element) => (string?)element.Attribute("class") ?? "";

    private static List<string> Texts(XElement picture) => [.. picture.Elements(Svg + "text").Select(text => text.Value)];
}
