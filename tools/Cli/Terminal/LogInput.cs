using Iopf.Kernel;
using Iopf.SmmuLog;

namespace Iopf.Cli;

/// <summary>A kernel log: a file or standard input.</summary>
internal sealed class LogInput : IDisposable
{
    private const string StandardInput = "-";
    private const int BlockBytes = 1 << 19;
    private const int IdleMilliseconds = 250;

    private readonly Stream _stream;

    private LogInput(string name, Stream stream)
    {
        Name = name;
        _stream = stream;
    }

    /// <summary>What to call it in complaints.</summary>
    public string Name { get; }

    /// <summary>Opens a log.</summary>
    /// <param name="terminal">Where relative paths begin, and standard input.</param>
    /// <param name="path">The file; null or "-" for standard input.</param>
    /// <returns>The log, nothing read yet.</returns>
    /// <exception cref="InputException">It cannot be opened.</exception>
    public static LogInput Open(Terminal terminal, string? path)
    {
        if (path is null or StandardInput)
        {
            return new LogInput("standard input", terminal.Input());
        }

        string full = Path.Combine(terminal.Directory, path);
        if (Directory.Exists(full))
        {
            throw new InputException($"{path}: expected a kernel log, found a directory");
        }

        try
        {
            return new LogInput(path, new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0));
        }
        catch (Exception failed) when (failed is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path}: expected a kernel log, found no such file", failed);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InputException($"{path}: cannot be read: {failed.Message}", failed);
        }
    }

    /// <summary>Reads to the end.</summary>
    /// <param name="lines">Takes the bytes.</param>
    /// <param name="idle">Called when nothing has come for a moment; null if nobody waits.</param>
    /// <param name="interrupted">Ends the log where it is.</param>
    /// <exception cref="InputException">It cannot be read.</exception>
    public void ReadAll(LogLines lines, Action? idle, CancellationToken interrupted)
    {
        byte[] block = new byte[BlockBytes];
        try
        {
            while (Read(block, idle, interrupted) is int count and > 0)
            {
                lines.Take(block.AsSpan(0, count));
            }
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{Name}: cannot be read: {failed.Message}", failed);
        }

        lines.End();
    }

    public void Dispose() => _stream.Dispose();

    private int Read(byte[] block, Action? idle, CancellationToken interrupted)
    {
        if (idle is null)
        {
            return _stream.Read(block);
        }

        try
        {
            Task<int> read = Task.Run(() => _stream.Read(block), CancellationToken.None);
            if (Task.WaitAny([read], IdleMilliseconds, interrupted) < 0)
            {
                idle();
                Task.WaitAny([read], interrupted);
            }

            return read.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }
}
