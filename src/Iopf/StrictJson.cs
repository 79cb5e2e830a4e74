using System.Text.Json;

namespace Iopf;

/// <summary>JSON whose strings can all be read.</summary>
/// <remarks>The library accepts an escaped half of a surrogate pair when it parses, and only complains when the string is read.</remarks>
internal static class StrictJson
{
    /// <summary>Parses a document.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="options">What is allowed beyond plain JSON.</param>
    /// <returns>The document.</returns>
    /// <exception cref="JsonException">It is not JSON, or a string in it is not Unicode.</exception>
    public static JsonDocument Parse(string text, JsonDocumentOptions options = default)
    {
        JsonDocument document = JsonDocument.Parse(text, options);
        if (text.Contains("\\u", StringComparison.Ordinal) && !CanBeRead(document.RootElement))
        {
            document.Dispose();
            throw new JsonException("a text has an escaped half of a surrogate pair");
        }

        return document;
    }

    private static bool CanBeRead(JsonElement element)
    {
        try
        {
            return element.ValueKind switch
            {
                JsonValueKind.Object => element.EnumerateObject().All(property => property.Name is not null && CanBeRead(property.Value)),
                JsonValueKind.Array => element.EnumerateArray().All(CanBeRead),
                JsonValueKind.String => element.GetString() is not null,
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
