using System.Globalization;

namespace Iopf.Views;

/// <summary>A sequence diagram as Mermaid text, which GitHub and many editors draw.</summary>
public static class MermaidDiagram
{
    /// <summary>The lines of a diagram.</summary>
    /// <param name="diagram">The diagram.</param>
    /// <returns>The lines, without the fence of a Markdown block.</returns>
    public static IEnumerable<string> Lines(SequenceDiagram diagram)
    {
        ArgumentNullException.ThrowIfNull(diagram);
        Dictionary<string, string> ids = diagram.Participants
            .Select((name, index) => (name, id: string.Create(CultureInfo.InvariantCulture, $"p{index}")))
            .ToDictionary(pair => pair.name, pair => pair.id);
        yield return "sequenceDiagram";
        yield return $"    title {Escaped(diagram.Title)}";
        foreach (string name in diagram.Participants)
        {
            yield return $"    participant {ids[name]} as {Escaped(name)}";
        }

        foreach (SequenceMessage message in diagram.Messages)
        {
            if (message.Waited > 0)
            {
                string time = (message.Nanoseconds / 1000m).ToString("0.000", CultureInfo.InvariantCulture);
                yield return $"    Note over {ids[message.To]}: {time} us";
            }

            yield return $"    {ids[message.From]}->>{ids[message.To]}: {Escaped(message.Function)}<br/>{Escaped(message.Text)}";
        }
    }

    // A semicolon ends a statement of Mermaid, a hash begins an entity, and an angle bracket HTML.
    private static string Escaped(string text) => text.ReplaceLineEndings(" ")
        .Replace("#", "#35;", StringComparison.Ordinal)
        .Replace("; ", "#59; ", StringComparison.Ordinal)
        .Replace("<", "#lt;", StringComparison.Ordinal)
        .Replace(">", "#gt;", StringComparison.Ordinal);
}
