using System.Text;
using Iopf.Kernel;

namespace Iopf.Cli.Output;

/// <summary>Text that is collected now and printed later; what does not fit in memory goes to a temporary file.</summary>
internal sealed class TextSpool : IDisposable
{
    private const int CharactersMax = 1 << 21;
    private const int PartBytes = 1 << 16;

    private readonly StringBuilder _end = new();
    private FileStream? _file;

    /// <summary>Whether nothing was added.</summary>
    public bool IsEmpty { get; private set; } = true;

    /// <summary>Adds text.</summary>
    /// <param name="text">The text.</param>
    public void Add(string text)
    {
        IsEmpty = false;
        _end.Append(text);
        if (_end.Length > CharactersMax)
        {
            _file ??= Temporary();
            _file.Write(Encoding.UTF8.GetBytes(_end.ToString()));
            _end.Clear();
        }
    }

    /// <summary>The text, in order, in pieces.</summary>
    /// <returns>The pieces.</returns>
    public IEnumerable<string> Parts()
    {
        if (_file is not null)
        {
            _file.Position = 0;
            using StreamReader reader = new(_file, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, PartBytes, leaveOpen: true);
            char[] part = new char[PartBytes];
            while (reader.Read(part) is int count and > 0)
            {
                yield return new string(part, 0, count);
            }
        }

        yield return _end.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private static FileStream Temporary()
    {
        string path = Path.Combine(Path.GetTempPath(), $"iopf-{Path.GetRandomFileName()}");
        try
        {
            return new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, PartBytes, FileOptions.DeleteOnClose);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: a long result needs a temporary file: {failed.Message}", failed);
        }
    }
}
