using System.Text.Encodings.Web;
using System.Text.Json;

namespace Iopf.Views;

/// <summary>How the JSON views write words.</summary>
internal static class JsonText
{
    /// <summary>Escapes what JSON needs and leaves arrows and brackets readable.</summary>
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>A name of the code as a name of JSON.</summary>
    /// <typeparam name="T">The enumeration.</typeparam>
    /// <param name="value">The value.</param>
    /// <returns>Its name in snake_case.</returns>
    public static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
