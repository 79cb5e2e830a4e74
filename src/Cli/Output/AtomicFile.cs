using System.Text;

namespace Iopf.Cli.Output;

/// <summary>A file that is written whole or not at all.</summary>
internal static class AtomicFile
{
    private static readonly string[] Devices = ["/dev/", "/proc/", "/sys/"];

    /// <summary>Writes lines to a neighbour of the file, then renames it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="lines">The lines, without line breaks.</param>
    /// <param name="option">The option that names the file, for complaints.</param>
    /// <exception cref="InputException">The file cannot be written; nothing is left behind.</exception>
    public static void Write(string path, IEnumerable<string> lines, string option = "--out")
    {
        if (Directory.Exists(path))
        {
            throw new InputException($"{option} {path}: expected a file, found a directory");
        }

        // A rename would put a file in the place of the device.
        if (Array.Exists(Devices, folder => Path.GetFullPath(path).StartsWith(folder, StringComparison.Ordinal)))
        {
            throw new InputException($"{option} {path}: expected a file, found a device; leave {option} away to print");
        }

        string neighbour = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            UTF8Encoding plain = new(encoderShouldEmitUTF8Identifier: false);
            using (StreamWriter text = new(neighbour, append: false, plain) { NewLine = "\n" })
            {
                foreach (string line in lines)
                {
                    text.WriteLine(line);
                }
            }

            File.Move(neighbour, path, overwrite: true);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            Discard(neighbour);
            throw new InputException($"{option} {path}: cannot be written: {failed.Message}", failed);
        }
        catch
        {
            Discard(neighbour);
            throw;
        }
    }

    private static void Discard(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // The failure that led here is the one to report.
        }
    }
}
