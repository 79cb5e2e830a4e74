using System.Text;

namespace Iopf.SmmuLog;

/// <summary>The plain lines of a text, whatever it was sent in.</summary>
public static class PlainText
{
    /// <summary>Takes the lines out.</summary>
    /// <param name="bytes">The whole text.</param>
    /// <returns>The lines without their breaks.</returns>
    public static IReadOnlyList<string> LinesOf(ReadOnlySpan<byte> bytes)
    {
        LogText text = new();
        MemoryStream plain = new();
        plain.Write(text.Take(bytes));
        plain.Write(text.End());
        plain.Position = 0;
        List<string> lines = [];
        TransportLines transport = new((_, line) => lines.Add(line), _ => { });
        using StreamReader reader = new(plain, Encoding.UTF8);
        long number = 0;
        while (reader.ReadLine() is string line)
        {
            transport.Take(++number, line);
        }

        transport.End();
        return lines;
    }
}
