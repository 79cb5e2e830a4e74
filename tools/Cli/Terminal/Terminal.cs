using System.Runtime.InteropServices;

namespace Iopf.Cli;

/// <summary>What a command may touch of the world around it.</summary>
/// <param name="Output">Standard output: results only.</param>
/// <param name="Error">Standard error: the one line of a failure, and advice.</param>
/// <param name="Directory">The working directory, where appsettings.json is looked for.</param>
/// <param name="ShowStackTraces">Whether a defect of the model shows its stack trace (<c>IOPF_DEBUG=1</c>).</param>
internal sealed record Terminal(TextWriter Output, TextWriter Error, string Directory, bool ShowStackTraces)
{
    private bool _showsProgress;

    /// <summary>Opens standard input.</summary>
    public Func<Stream> Input { get; init; } = Console.OpenStandardInput;

    /// <summary>Has something done on Ctrl-C instead of ending the process, until what it returns is disposed of.</summary>
    public Func<Action, IDisposable> OnInterrupt { get; init; } = static act => PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
    {
        signal.Cancel = true;
        act();
    });

    /// <summary>Whether a person watches standard error.</summary>
    public bool IsWatched { get; init; }

    /// <summary>Tells how far a long work is, in place of what was told before; nothing unless somebody watches.</summary>
    /// <param name="text">How far; empty when the work is done.</param>
    public void Progress(string text)
    {
        if (IsWatched)
        {
            Tell($"\r\u001b[K{text}");
            _showsProgress = text.Length > 0;
        }
    }

    /// <summary>Prints one line on standard error, whatever the text holds, in place of progress that is still shown.</summary>
    /// <param name="text">The text, without "iopf: ".</param>
    public void Complain(string text)
    {
        if (_showsProgress)
        {
            Progress("");
        }

        Tell($"iopf: {OneLine(text)}{Environment.NewLine}");
    }

    // Where standard error is closed or full, results and exit code still say what they say.
    private void Tell(string text)
    {
        try
        {
            Error.Write(text);
            Error.Flush();
        }
        catch (Exception unheard) when (unheard is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            _showsProgress = false;
        }
    }

    private static string OneLine(string text) =>
        string.Concat(text.ReplaceLineEndings(" ").Select(character => char.IsControl(character) ? '?' : character));
}
