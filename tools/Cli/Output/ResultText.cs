using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Iopf.Kernel;
using Iopf.Machine;

namespace Iopf.Cli.Output;

/// <summary>Puts a finished result on standard output: all of it, or nothing.</summary>
internal static class ResultText
{
    private const int BrokenPipe = 32; // EPIPE: .NET hands the errno on.

    /// <summary>Prints lines.</summary>
    /// <param name="terminal">Where to print.</param>
    /// <param name="lines">The lines, without line breaks.</param>
    public static void Print(Terminal terminal, IEnumerable<string> lines)
    {
        StringBuilder text = new();
        foreach (string line in lines)
        {
            text.Append(line).Append('\n');
        }

        Write(terminal, text.ToString());
    }

    /// <summary>Prints one JSON document.</summary>
    /// <param name="terminal">Where to print.</param>
    /// <param name="write">Writes the members of its outermost object.</param>
    public static void PrintJson(Terminal terminal, Action<Utf8JsonWriter> write)
    {
        using MemoryStream bytes = new();
        JsonWriterOptions form = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (Utf8JsonWriter json = new(bytes, form))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        Write(terminal, Encoding.UTF8.GetString(bytes.ToArray()) + "\n");
    }

    /// <summary>Writes a list.</summary>
    /// <typeparam name="T">What the entries are.</typeparam>
    /// <param name="json">The document.</param>
    /// <param name="name">The name of the list.</param>
    /// <param name="entries">The entries.</param>
    /// <param name="write">Writes one entry.</param>
    public static void WriteList<T>(this Utf8JsonWriter json, string name, IEnumerable<T> entries, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (T entry in entries)
        {
            write(json, entry);
        }

        json.WriteEndArray();
    }

    /// <summary>Writes a list of objects.</summary>
    /// <typeparam name="T">What the entries are.</typeparam>
    /// <param name="json">The document.</param>
    /// <param name="name">The name of the list.</param>
    /// <param name="entries">The entries.</param>
    /// <param name="write">Writes the members of one entry.</param>
    public static void WriteObjects<T>(this Utf8JsonWriter json, string name, IEnumerable<T> entries, Action<T> write) =>
        json.WriteList(name, entries, (document, entry) =>
        {
            document.WriteStartObject();
            write(entry);
            document.WriteEndObject();
        });

    /// <summary>Writes the promises that were broken.</summary>
    /// <param name="json">The document.</param>
    /// <param name="violations">The violations.</param>
    public static void WriteViolations(this Utf8JsonWriter json, IEnumerable<Violation> violations) =>
        json.WriteObjects("violations", violations, violation =>
        {
            json.WriteString("invariant", violation.Invariant);
            json.WriteString("operation", violation.Operation);
            json.WriteString("detail", violation.Detail);
            json.WriteNumber("trace_step", violation.TraceStep);
        });

    /// <summary>Writes a list of texts.</summary>
    /// <param name="json">The document.</param>
    /// <param name="name">The name of the list.</param>
    /// <param name="entries">The texts.</param>
    public static void WriteTexts(this Utf8JsonWriter json, string name, IEnumerable<string?> entries) =>
        json.WriteList(name, entries, static (document, entry) => document.WriteStringValue(entry));

    /// <summary>Writes a list of numbers.</summary>
    /// <param name="json">The document.</param>
    /// <param name="name">The name of the list.</param>
    /// <param name="entries">The numbers.</param>
    public static void WriteNumbers(this Utf8JsonWriter json, string name, IEnumerable<int> entries) =>
        json.WriteList(name, entries, static (document, entry) => document.WriteNumberValue(entry));

    /// <summary>Prints a piece of a result and flushes it.</summary>
    /// <param name="terminal">Where to print.</param>
    /// <param name="text">The text.</param>
    public static void Write(Terminal terminal, string text)
    {
        try
        {
            terminal.Output.Write(text);
            terminal.Output.Flush();
        }
        catch (IOException closed) when (closed.HResult == BrokenPipe)
        {
            throw new BrokenPipeException(closed);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"standard output cannot be written: {failed.Message}", failed);
        }
    }
}
