using System.Globalization;
using System.Text.Json;
using Iopf.Kernel;

namespace Iopf.Replay;

/// <summary>The fields of one line, or of an object in it.</summary>
/// <remarks>Read strictly: each must be there and have its form, and none may be left over.</remarks>
/// <param name="place">File and line, for complaints.</param>
/// <param name="prefix">The path of the object in the line; empty for the line itself.</param>
internal sealed class RecordingFields(string place, string prefix)
{
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>Takes the fields of an object apart.</summary>
    /// <param name="place">File and line, for complaints.</param>
    /// <param name="prefix">The path of the object in the line; empty for the line itself.</param>
    /// <param name="element">The object.</param>
    /// <returns>Its fields.</returns>
    public static RecordingFields Of(string place, string prefix, JsonElement element)
    {
        RecordingFields fields = new(place, prefix);
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new InputException($"{place}: {(prefix is "" ? "" : prefix + ": ")}expected an object, found {Found(element)}");
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!fields._fields.TryAdd(property.Name, property.Value))
            {
                throw fields.Complaint(property.Name, "expected once, found twice");
            }
        }

        return fields;
    }

    /// <summary>A complaint about a field.</summary>
    /// <param name="name">The field.</param>
    /// <param name="words">What was expected and found.</param>
    /// <returns>The exception to throw.</returns>
    public InputException Complaint(string name, string words) =>
        new($"{place}: {(prefix is "" ? name : $"{prefix}.{name}")}: {words}");

    /// <summary>Whether a field is there.</summary>
    /// <param name="name">The field.</param>
    /// <returns>Whether it is.</returns>
    public bool Has(string name) => _fields.ContainsKey(name);

    /// <summary>A text.</summary>
    /// <param name="name">The field.</param>
    /// <param name="allowed">The texts allowed; any if empty.</param>
    /// <returns>The text.</returns>
    public string Text(string name, params ReadOnlySpan<string> allowed)
    {
        string form = allowed.IsEmpty ? "a text" : "one of " + string.Join(", ", allowed);
        JsonElement element = Take(name, form);
        string? text = element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        bool isAllowed = text is not null && (allowed.IsEmpty || allowed.Contains(text));
        return isAllowed ? text! : throw Refusal(name, form, element);
    }

    /// <summary>An address, size or set of flags.</summary>
    /// <param name="name">The field.</param>
    /// <param name="max">The largest value allowed.</param>
    /// <returns>The number.</returns>
    public ulong Number(string name, ulong max = ulong.MaxValue)
    {
        string form = max == ulong.MaxValue ? "a hex string or an integer" : $"a hex string or an integer up to {max}";
        JsonElement element = Take(name, form);
        return NumberIn(element) is ulong number && number <= max ? number : throw Refusal(name, form, element);
    }

    /// <summary>A count or a signed number.</summary>
    /// <param name="name">The field.</param>
    /// <returns>The number.</returns>
    public long Signed(string name)
    {
        const string Form = "an integer or a hex string";
        JsonElement element = Take(name, Form);
        if (element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out long number))
        {
            return number;
        }

        return NumberIn(element) is ulong hex and <= long.MaxValue ? (long)hex : throw Refusal(name, Form, element);
    }

    /// <summary>True or false.</summary>
    /// <param name="name">The field.</param>
    /// <returns>The truth value.</returns>
    public bool Truth(string name)
    {
        JsonElement element = Take(name, "true or false");
        return element.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? element.GetBoolean()
            : throw Refusal(name, "true or false", element);
    }

    /// <summary>The field <c>result</c>: "0" or the name of an errno.</summary>
    /// <returns>The result.</returns>
    public Errno Result()
    {
        const string Form = "\"0\" or the name of an errno";
        JsonElement element = Take("result", Form);
        string? text = element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        if (text is "0")
        {
            return Errno.None;
        }

        return text is ['E', ..] && Enum.TryParse(text, out Errno errno) ? errno : throw Refusal("result", Form, element);
    }

    /// <summary>A list; each entry is handed to a reader with its path.</summary>
    /// <typeparam name="T">What an entry is read as.</typeparam>
    /// <param name="name">The field.</param>
    /// <param name="read">Reads one entry.</param>
    /// <returns>The entries.</returns>
    public List<T> ListOf<T>(string name, Func<string, JsonElement, T> read)
    {
        JsonElement element = Take(name, "a list");
        if (element.ValueKind != JsonValueKind.Array)
        {
            throw Refusal(name, "a list", element);
        }

        List<T> entries = [];
        foreach (JsonElement entry in element.EnumerateArray())
        {
            entries.Add(read(string.Create(CultureInfo.InvariantCulture, $"{name}[{entries.Count}]"), entry));
        }

        return entries;
    }

    /// <summary>The field <c>event</c>: null, or the four words of an event record.</summary>
    /// <returns>The words; empty if it is null.</returns>
    public ulong[] EventRecord()
    {
        const string Form = "null or four hex strings";
        JsonElement element = Take("event", Form);
        if (element.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() != 4)
        {
            throw Refusal("event", Form, element);
        }

        return [.. element.EnumerateArray().Select(word => NumberIn(word) ?? throw Refusal("event", Form, word))];
    }

    /// <summary>Objects to fields nobody asked for.</summary>
    public void ExpectNoOthers()
    {
        foreach (string name in _fields.Keys)
        {
            if (!_taken.Contains(name))
            {
                throw Complaint(name, $"expected no such field; known here: {string.Join(", ", _taken.Order(StringComparer.Ordinal))}");
            }
        }
    }

    private static ulong? NumberIn(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Number)
        {
            return element.TryGetUInt64(out ulong integer) ? integer : null;
        }

        string? text = element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        bool isHex = text is not null && text.StartsWith("0x", StringComparison.Ordinal);
        ReadOnlySpan<char> digits = isHex ? text.AsSpan(2) : [];
        return ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong hex) ? hex : null;
    }

    private static string Found(JsonElement element)
    {
        string text = element.GetRawText();
        return text.Length <= 60 ? text : text[..57] + "...";
    }

    private InputException Refusal(string name, string form, JsonElement element) =>
        Complaint(name, $"expected {form}, found {Found(element)}");

    private JsonElement Take(string name, string form)
    {
        _taken.Add(name);
        return _fields.TryGetValue(name, out JsonElement element) ? element : throw Complaint(name, $"expected {form}, found nothing");
    }
}
