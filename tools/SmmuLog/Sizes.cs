using System.Globalization;

namespace Iopf.SmmuLog;

/// <summary>Bytes as people say them.</summary>
public static class Sizes
{
    private static readonly string[] s_units = ["bytes", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>A size in its largest whole unit, or with one decimal place.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>Such as <c>4 MiB</c>.</returns>
    public static string Of(decimal bytes)
    {
        int unit = 0;
        while (bytes >= 1024 && unit < s_units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes:0.#} {s_units[unit]}");
    }
}
