using System.Text;
using System.Text.Json;
using Iopf.Kernel;
using Iopf.Replay.Posted;

namespace Iopf.Replay;

/// <summary>Reads a recording of format <c>vfio-type1-recording/1</c>, line by line and strictly.</summary>
public sealed class RecordingReader : IDisposable
{
    private const ulong LargestArena = 1UL << 30;
    private readonly TextReader _text;
    private readonly RecordingLines _lines;

    private RecordingReader(string file, TextReader text)
    {
        _text = text;
        _lines = new RecordingLines(file, text);
        Header = ReadHeader(file);
    }

    /// <summary>The first line.</summary>
    public RecordingHeader Header { get; }

    /// <summary>Opens a recording and reads its header.</summary>
    /// <param name="file">Its path.</param>
    /// <returns>The reader.</returns>
    /// <exception cref="InputException">It cannot be read or is no recording of a supported format.</exception>
    public static RecordingReader Open(string file) => Read(file, OpenText(file));

    /// <summary>The format that a recording's first line names.</summary>
    /// <param name="file">Its path.</param>
    /// <returns>The format; <see langword="null"/> if the line names none.</returns>
    /// <exception cref="InputException">The file cannot be read.</exception>
    internal static string? FormatOf(string file)
    {
        using TextReader text = OpenText(file);
        try
        {
            using JsonDocument header = JsonDocument.Parse(new RecordingLines(file, text).Next() ?? "");
            return header.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("format", out JsonElement format) && format.ValueKind == JsonValueKind.String
                ? format.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal static TextReader OpenText(string file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (Directory.Exists(file))
        {
            throw new InputException($"{file}: expected a recording, found a directory");
        }

        try
        {
            return new StreamReader(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        }
        catch (Exception failed) when (failed is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{file}: expected a recording, found no such file", failed);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InputException($"{file}: expected a recording, but it cannot be read: {failed.Message}", failed);
        }
    }

    /// <summary>Reads a recording from text.</summary>
    /// <param name="file">What to call it in complaints.</param>
    /// <param name="text">The text; the reader closes it.</param>
    /// <returns>The reader.</returns>
    /// <exception cref="InputException">It is no recording of a supported format.</exception>
    public static RecordingReader Read(string file, TextReader text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            return new RecordingReader(file, text);
        }
        catch
        {
            text.Dispose();
            throw;
        }
    }

    /// <summary>The operations, in order; can be enumerated once.</summary>
    /// <returns>The operations.</returns>
    /// <exception cref="InputException">A line is malformed; the message names file, line and field.</exception>
    public IEnumerable<RecordedOperation> Operations()
    {
        RecordedOperationParser parser = new();
        while (_lines.Next() is string line)
        {
            using JsonDocument document = ParseLine(line);
            yield return parser.Parse(_lines.Number, RecordingFields.Of(_lines.Place, "", document.RootElement));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _text.Dispose();

    private static ArenaPart ReadArenaPart(string place, string path, JsonElement entry)
    {
        RecordingFields fields = RecordingFields.Of(place, path, entry);
        ArenaAccess access = fields.Text("prot", "rw", "r", "none") switch
        {
            "rw" => ArenaAccess.ReadWrite,
            "r" => ArenaAccess.Read,
            _ => ArenaAccess.None,
        };
        ArenaPart part = new(fields.Number("start"), fields.Number("end"), access, fields.Truth("populated"));
        fields.ExpectNoOthers();
        if (((part.Start | part.End) & Page.OffsetMask) != 0)
        {
            throw fields.Complaint("start", "expected offsets that are multiples of 0x1000");
        }

        if (part.End > LargestArena)
        {
            throw fields.Complaint("end", $"expected an offset up to 0x{LargestArena:x}");
        }

        return part.Start < part.End ? part : throw fields.Complaint("end", "expected an offset above start");
    }

    private RecordingHeader ReadHeader(string file)
    {
        string line = _lines.Next()
            ?? throw new InputException($"{file}:1: format: expected \"{RecordingHeader.Type1Recording}\", found an empty file");
        using JsonDocument document = ParseLine(line);
        RecordingFields fields = RecordingFields.Of(_lines.Place, "", document.RootElement);
        string format = fields.Text("format");
        if (format != RecordingHeader.Type1Recording)
        {
            string words = $"format '{format}' is not supported by this version; expected {RecordingHeader.Type1Recording} or {PostedReplay.Format}";
            throw fields.Complaint("format", words);
        }

        RecordingHeader header = new(
            format,
            fields.Text("kernel"),
            fields.Text("iommu"),
            fields.Text("device"),
            fields.Number("page_size"),
            fields.ListOf("arena", (path, entry) => ReadArenaPart(_lines.Place, path, entry)),
            fields.Has("seed") ? fields.Number("seed") : null);
        fields.ExpectNoOthers();
        if (header.PageSize != Page.Size)
        {
            throw fields.Complaint("page_size", "expected 4096");
        }

        for (int i = 1; i < header.Arena.Count; i++)
        {
            if (header.Arena[i].Start < header.Arena[i - 1].End)
            {
                throw fields.Complaint($"arena[{i}].start", $"expected an offset from 0x{header.Arena[i - 1].End:x} on, where the part before ends");
            }
        }

        return header;
    }

    private JsonDocument ParseLine(string line)
    {
        try
        {
            return StrictJson.Parse(line);
        }
        catch (JsonException)
        {
            string found = _lines.EndedProperly ? "something else" : "one that ends early (is the file truncated?)";
            throw new InputException($"{_lines.Place}: expected a line of JSON, found {found}");
        }
    }
}
