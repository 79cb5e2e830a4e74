using System.Globalization;
using System.Text;
using System.Text.Json;
using Iopf.Kernel;
using Iopf.Settings;

namespace Iopf.Scenarios.Format;

/// <summary>A value of a JSON document, and where it stands; reads it or says what was expected there.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Path">The value's path, such as <c>$.steps[3].iova</c>.</param>
/// <param name="Element">The value.</param>
internal sealed record JsonPlace(string File, string Path, JsonElement Element)
{
    private const int LongestQuote = 60;

    /// <summary>Parses a document; comments and trailing commas are allowed.</summary>
    /// <param name="file">The file's name.</param>
    /// <param name="text">Its contents.</param>
    /// <returns>The root.</returns>
    /// <exception cref="InputException">It is not JSON.</exception>
    public static JsonPlace Parse(string file, string text)
    {
        try
        {
            JsonDocumentOptions options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
            return new JsonPlace(file, "$", StrictJson.Parse(text, options).RootElement);
        }
        catch (JsonException error)
        {
            string reason = error.Message.Split(" LineNumber", 2)[0].TrimEnd('.');
            long line = (error.LineNumber ?? 0) + 1;
            throw new InputException($"{file}:{line}: expected a JSON document: {Quote(reason, int.MaxValue)}", error);
        }
    }

    /// <summary>An error at this place.</summary>
    /// <param name="expected">What was expected, as a noun phrase.</param>
    /// <returns>The exception.</returns>
    public InputException Expected(string expected) => new($"{File}: {Path}: expected {expected}, found {Found()}");

    /// <summary>An error at this place, in other words.</summary>
    /// <param name="sentence">What is wrong.</param>
    /// <returns>The exception.</returns>
    public InputException Wrong(string sentence) => new($"{File}: {Path}: {sentence}");

    /// <summary>The members of an object.</summary>
    /// <param name="accepted">The names it may have.</param>
    /// <param name="expected">What the object is, as a noun phrase.</param>
    /// <returns>The members by name.</returns>
    public Dictionary<string, JsonPlace> Members(IReadOnlyCollection<string> accepted, string expected)
    {
        Dictionary<string, JsonPlace> members = AnyMembers(expected);
        foreach ((string name, JsonPlace place) in members)
        {
            if (!accepted.Contains(name))
            {
                throw place.Wrong($"unknown field; expected one of: {NearestNames.List(accepted, name)}");
            }
        }

        return members;
    }

    /// <summary>The members of an object whose names are free.</summary>
    /// <param name="expected">What the object is, as a noun phrase.</param>
    /// <returns>The members by name.</returns>
    public Dictionary<string, JsonPlace> AnyMembers(string expected)
    {
        if (Element.ValueKind != JsonValueKind.Object)
        {
            throw Expected(expected);
        }

        Dictionary<string, JsonPlace> members = [];
        foreach (JsonProperty property in Element.EnumerateObject())
        {
            JsonPlace place = new(File, $"{Path}.{Quote(property.Name, LongestQuote)}", property.Value);
            if (!members.TryAdd(property.Name, place))
            {
                throw place.Wrong("the field is there twice");
            }
        }

        return members;
    }

    /// <summary>The items of an array.</summary>
    /// <param name="expected">What the array is, as a noun phrase.</param>
    /// <returns>The items, in order.</returns>
    public IEnumerable<JsonPlace> Items(string expected) =>
        Element.ValueKind == JsonValueKind.Array
            ? Element.EnumerateArray().Select((item, index) => new JsonPlace(File, $"{Path}[{index}]", item))
            : throw Expected(expected);

    /// <summary>A text.</summary>
    /// <param name="expected">What it is, as a noun phrase.</param>
    /// <returns>The text.</returns>
    public string Text(string expected) =>
        Element.ValueKind == JsonValueKind.String ? Element.GetString()! : throw Expected(expected);

    /// <summary>A name: 1 to 64 letters, digits, and <c>_ - . :</c>.</summary>
    /// <param name="expected">What it names, as a noun phrase.</param>
    /// <returns>The name.</returns>
    public string Name(string expected)
    {
        string text = Text(expected);
        return IsName(text) ? text : throw Expected($"{expected} of 1 to 64 letters, digits and \"_-.:\"");
    }

    /// <summary>Whether a text can be the name of an object.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Whether it can.</returns>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= 64 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.' or ':');

    /// <summary>True or false.</summary>
    /// <returns>The value.</returns>
    public bool Flag() => Element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Expected("true or false"),
    };

    /// <summary>A number: a JSON number, or a text such as "0x1000" or "4096".</summary>
    /// <param name="expected">What it is, as a noun phrase.</param>
    /// <returns>The number.</returns>
    public ulong Number(string expected)
    {
        if (Element.ValueKind == JsonValueKind.Number && Element.TryGetUInt64(out ulong number))
        {
            return number;
        }

        if (Element.ValueKind == JsonValueKind.String && TryParse(Element.GetString()!, out number))
        {
            return number;
        }

        throw Expected(expected);
    }

    /// <summary>A number between bounds.</summary>
    /// <param name="expected">What it is, as a noun phrase.</param>
    /// <param name="min">The smallest allowed.</param>
    /// <param name="max">The largest allowed.</param>
    /// <returns>The number.</returns>
    public ulong Number(string expected, ulong min, ulong max)
    {
        string bounded = max == ulong.MaxValue ? $"{expected} of at least {min}" : $"{expected} from {min} to {max}";
        ulong number = Number(bounded);
        return number >= min && number <= max ? number : throw Expected(bounded);
    }

    /// <summary>Reads a number written as text.</summary>
    /// <param name="text">Hexadecimal after "0x", else decimal.</param>
    /// <param name="number">The number.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string text, out ulong number) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static string Quote(string text, int longest)
    {
        StringBuilder quoted = new();
        foreach (char letter in text.Length > longest ? text[..longest] + "..." : text)
        {
            quoted.Append(char.IsControl(letter) ? '?' : letter);
        }

        return quoted.ToString();
    }

    private string Found() => Element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.Null => "null",
        _ => Quote(Element.GetRawText(), LongestQuote),
    };
}
