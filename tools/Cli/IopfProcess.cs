using System.Text;
using Iopf.Replay;

namespace Iopf.Cli;

/// <summary>The process around the command line: real streams, real environment.</summary>
internal static class IopfProcess
{
    /// <summary>Runs the command line on the process's own streams.</summary>
    /// <param name="args">The arguments.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args)
    {
        UTF8Encoding plain = new(encoderShouldEmitUTF8Identifier: false);
        StreamWriter output = new(Console.OpenStandardOutput(), plain, 1 << 16) { NewLine = "\n" };
        StreamWriter error = new(Console.OpenStandardError(), plain) { NewLine = "\n", AutoFlush = true };
        Terminal terminal = new(output, error, Directory.GetCurrentDirectory(), Environment.GetEnvironmentVariable("IOPF_DEBUG") == "1")
        {
            IsWatched = !Console.IsErrorRedirected,
        };
        int exitCode = new IopfCommandLine(terminal, new ModelScenarioRunner(), Type1Replayers.Create).Run(args);
        try
        {
            output.Flush();
        }
        catch (IOException)
        {
            // Said already, or whoever read our output has seen enough.
        }

        return exitCode;
    }
}
