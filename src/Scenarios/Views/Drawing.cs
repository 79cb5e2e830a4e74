using System.Globalization;
using System.Net;
using System.Text;

namespace Iopf.Views;

/// <summary>An SVG drawing that grows as things are put on it. One style for all pictures; nothing is loaded from elsewhere.</summary>
/// <param name="ownStyle">CSS rules for what only this kind of picture shows.</param>
public sealed class Drawing(string ownStyle = "")
{
    /// <summary>The width of a character of the text, in pixels.</summary>
    public const int CharacterWidth = 8;

    /// <summary>The height of a line of text, in pixels.</summary>
    public const int LineHeight = 16;

    private const int Margin = 12;

    private const string Style =
        "text{font:12px ui-monospace,Consolas,'DejaVu Sans Mono',monospace;fill:#1f2933;paint-order:stroke;stroke:#fff;stroke-width:3px}.title{font-weight:bold;font-size:14px}.dim{fill:#66788a}"
        + ".box{fill:#f5f7fa;stroke:#52606d}.life{stroke:#9aa5b1;stroke-dasharray:3 3}.arrow{stroke:#1f2933;fill:none}.head{fill:#1f2933}"
        + ".unmapped{fill:#ffffff;stroke:#cbd2d9}.mapped{fill:#7bc47f;stroke:#3f9142}.mappedpinned{fill:#f0b429;stroke:#cb6e17}"
        + ".pinned{fill:#e66a6a;stroke:#ab091e}.link{stroke:#9aa5b1;fill:none}.left{fill:#e6f6ff}.right{fill:#fffaeb}";

    private readonly StringBuilder _body = new();
    private int _width;
    private int _height;

    /// <summary>How far down the drawing goes.</summary>
    public int Bottom => _height;

    /// <summary>Puts a line of text on it.</summary>
    /// <param name="x">Where it begins.</param>
    /// <param name="y">Its base line.</param>
    /// <param name="text">The text.</param>
    /// <param name="style">A class of the style, if not plain.</param>
    /// <param name="isCentered">Whether <paramref name="x"/> is its middle.</param>
    public void Text(int x, int y, string text, string style = "", bool isCentered = false)
    {
        int width = (text.Length * CharacterWidth / (isCentered ? 2 : 1)) + (style == "title" ? text.Length : 0);
        Grow(x + width, y + 4);
        Put($"<text x=\"{x}\" y=\"{y}\"{Class(style)}{(isCentered ? " text-anchor=\"middle\"" : "")}>{Escaped(text)}</text>");
    }

    /// <summary>Puts a rectangle on it.</summary>
    /// <param name="x">Its left edge.</param>
    /// <param name="y">Its upper edge.</param>
    /// <param name="width">Its width.</param>
    /// <param name="height">Its height.</param>
    /// <param name="style">A class of the style.</param>
    /// <param name="tip">What a mouse over it is told, if anything.</param>
    public void Box(int x, int y, int width, int height, string style, string tip = "")
    {
        Grow(x + width, y + height);
        string shape = $"<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"{Class(style)}";
        Put(tip.Length == 0 ? shape + "/>" : $"{shape}><title>{Escaped(tip)}</title></rect>");
    }

    /// <summary>Puts a line on it.</summary>
    /// <param name="fromX">Where it begins.</param>
    /// <param name="fromY">Where it begins.</param>
    /// <param name="toX">Where it ends.</param>
    /// <param name="toY">Where it ends.</param>
    /// <param name="style">A class of the style.</param>
    public void Line(int fromX, int fromY, int toX, int toY, string style)
    {
        Grow(Math.Max(fromX, toX), Math.Max(fromY, toY));
        Put($"<line x1=\"{fromX}\" y1=\"{fromY}\" x2=\"{toX}\" y2=\"{toY}\"{Class(style)}/>");
    }

    /// <summary>Puts a horizontal arrow on it; one that ends where it begins is a loop to the right.</summary>
    /// <param name="fromX">Where it begins.</param>
    /// <param name="toX">Where it points to.</param>
    /// <param name="y">How far down.</param>
    public void Arrow(int fromX, int toX, int y)
    {
        if (fromX == toX)
        {
            Put($"<path d=\"M{fromX} {y - 4}h18v8h-12\" class=\"arrow\"/>");
            Put($"<path d=\"M{fromX + 2} {y + 4}l7 -3v6z\" class=\"head\"/>");
            Grow(fromX + 20, y + 8);
            return;
        }

        int back = toX > fromX ? -8 : 8;
        Line(fromX, y, toX, y, "arrow");
        Put($"<path d=\"M{toX} {y}l{back} -3v6z\" class=\"head\"/>");
    }

    /// <summary>The drawing as an SVG element of its own.</summary>
    /// <returns>The text.</returns>
    public override string ToString() =>
        Invariantly($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{_width + Margin}\" height=\"{_height + Margin}\">")
        + Invariantly($"<style>{Style}{ownStyle}</style><rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{_body}</svg>");

    private static string Class(string style) => style.Length == 0 ? "" : $" class=\"{style}\"";

    private static string Escaped(string text) => WebUtility.HtmlEncode(text.ReplaceLineEndings(" "));

    private static string Invariantly(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void Put(FormattableString element) => Put(Invariantly(element));

    private void Put(string element) => _body.Append(element).Append('\n');

    private void Grow(int x, int y) => (_width, _height) = (Math.Max(_width, x), Math.Max(_height, y));
}
