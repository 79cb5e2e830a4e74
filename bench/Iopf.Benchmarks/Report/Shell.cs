using System.Diagnostics;

namespace Iopf.Benchmarks.Report;

/// <summary>Runs commands in the repository, and times them.</summary>
internal static class Shell
{
    /// <summary>What a command prints.</summary>
    /// <exception cref="InvalidOperationException">It did not end with exit code 0.</exception>
    public static string Output(string file, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(file, arguments) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{file} {string.Join(' ', arguments)} ended with exit code {process.ExitCode}");
    }

    /// <summary>What a command takes.</summary>
    public static Spent Measure(string file, params IEnumerable<string> arguments)
    {
        double before = ProcessorTime.OfChildren();
        long begin = Stopwatch.GetTimestamp();
        Output(file, arguments);
        return new Spent(Stopwatch.GetElapsedTime(begin).TotalMilliseconds, ProcessorTime.OfChildren() - before);
    }
}
