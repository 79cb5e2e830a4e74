using System.Globalization;

namespace Iopf.Studies.Charts;

/// <summary>What tells the curves of a chart apart: colour, dash and sign, on light and on dark paper.</summary>
internal static class CurveStyle
{
    private const string Paper =
        "text{font:13px system-ui,'DejaVu Sans',sans-serif;fill:#1f2933}.name{font-weight:bold;font-size:15px}.dim,.tick{fill:#5b6b7a;font-size:12px}"
        + ".paper{fill:#ffffff}.grid{stroke:#e1e6eb}.axis{stroke:#52606d;fill:none}.ring{fill:none;stroke-width:2}.any{stroke:#1f2933}";

    private const string DarkPaper =
        "text{fill:#e4e7eb}.dim,.tick{fill:#9aa5b1}.paper{fill:#12181f}.grid{stroke:#2b3640}.axis{stroke:#9aa5b1}.any{stroke:#e4e7eb}";

    private static readonly string[] Light = ["#0b5fa5", "#b8430a", "#00795a", "#8a2f8a", "#7a5a00", "#111827", "#c2185b", "#3d7a00"];
    private static readonly string[] Dark = ["#6cb6ff", "#ff9b5e", "#4fd1a5", "#e29be2", "#e6c35c", "#e4e7eb", "#ff8ab5", "#a5d86e"];
    private static readonly string[] Dashes = ["none", "8 3", "3 3", "10 3 3 3", "14 4", "6 2 2 2 2 2", "1 4", "16 3 6 3"];

    /// <summary>The style sheet of a chart.</summary>
    public static string Css { get; } = Paper + Rules(Light, withDashes: true) + "@media (prefers-color-scheme:dark){" + DarkPaper + Rules(Dark, withDashes: false) + "}";

    /// <summary>The number of a curve's style; curves beyond the last style begin again.</summary>
    /// <param name="curve">Which curve, from 0.</param>
    /// <returns>From 0.</returns>
    public static int Number(int curve) => curve % Light.Length;

    /// <summary>The sign of a curve at a place.</summary>
    /// <param name="curve">Which curve, from 0.</param>
    /// <param name="place">The middle of the sign, in the picture.</param>
    /// <returns>An element.</returns>
    public static string Sign(int curve, CurvePoint place)
    {
        string from = Put($"M{place.X:0.#} {place.Y:0.#}");
        string shape = (curve % 6) switch
        {
            0 => "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
            1 => "m-4 -4h8v8h-8z",
            2 => "m0 -5l5 9h-10z",
            3 => "m0 -5l5 5l-5 5l-5 -5z",
            4 => "m0 5l5 -9h-10z",
            _ => "m-4 -1h3v-3h2v3h3v2h-3v3h-2v-3h-3z",
        };
        return $"<path class=\"s{Number(curve)}\" d=\"{from}{shape}\"/>";
    }

    /// <summary>The ring around a marked point of a curve.</summary>
    /// <param name="curve">Which curve, from 0.</param>
    /// <param name="place">The middle of the ring, in the picture.</param>
    /// <returns>An element.</returns>
    public static string Ring(int curve, CurvePoint place) => Put($"<circle class=\"ring r{Number(curve)}\" cx=\"{place.X:0.#}\" cy=\"{place.Y:0.#}\" r=\"7\"/>");

    private static string Rules(string[] colours, bool withDashes) => string.Concat(colours.Select((colour, i) =>
        Put($".c{i}{{stroke:{colour};{(withDashes ? $"fill:none;stroke-width:2;stroke-dasharray:{Dashes[i]}" : "")}}}.s{i}{{fill:{colour}}}.r{i}{{stroke:{colour}}}")));

    private static string Put(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
