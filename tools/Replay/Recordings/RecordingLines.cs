using System.Text;
using Iopf.Kernel;

namespace Iopf.Replay;

/// <summary>The lines of a recording, one at a time, however large the file is.</summary>
/// <param name="file">The file, for complaints.</param>
/// <param name="text">Its text.</param>
internal sealed class RecordingLines(string file, TextReader text)
{
    private const int LengthMax = 1_000_000;

    private readonly StringBuilder _line = new();

    /// <summary>The number of the line read last, from 1; 0 before the first.</summary>
    public int Number { get; private set; }

    /// <summary>Whether the line read last ended with a line break.</summary>
    public bool EndedProperly { get; private set; }

    /// <summary>File and line, for complaints.</summary>
    public string Place => $"{file}:{Number}";

    /// <summary>Reads the next line.</summary>
    /// <returns>The line without its break; null at the end.</returns>
    /// <exception cref="InputException">It is binary data or endless.</exception>
    public string? Next()
    {
        Number++;
        _line.Clear();
        EndedProperly = false;
        try
        {
            return ReadLine();
        }
        catch (DecoderFallbackException)
        {
            throw new InputException($"{Place}: expected a line of JSON, found binary data");
        }
        catch (IOException failed)
        {
            throw new InputException($"{Place}: cannot be read: {failed.Message}", failed);
        }
    }

    private string? ReadLine()
    {
        while (text.Read() is int character and >= 0)
        {
            if (character == '\n')
            {
                EndedProperly = true;
                return _line.ToString().TrimEnd('\r');
            }

            if (character == 0)
            {
                throw new InputException($"{Place}: expected a line of JSON, found binary data");
            }

            if (_line.Length == LengthMax)
            {
                throw new InputException($"{Place}: expected a line of at most {LengthMax} characters, found a longer one");
            }

            _line.Append((char)character);
        }

        return _line.Length == 0 ? null : _line.ToString();
    }
}
