using System.Text;
using Iopf.Kernel;

namespace Iopf.Cli.Output;

/// <summary>A file that is written whole or not at all.</summary>
internal static class AtomicFile
{
    private static readonly string[] Devices = ["/dev/", "/proc/", "/sys/"];

    // Files in memory: devices are elsewhere.
    private const string SharedMemory = "/dev/shm/";

    /// <summary>Sees whether files can be written, before the work that is to fill them: the neighbour that <see cref="Write"/> needs is made and removed.</summary>
    /// <param name="directory">Where relative paths begin.</param>
    /// <param name="targets">The options with the files they name; <see langword="null"/> for those that are not given.</param>
    /// <exception cref="InputException">A file cannot be written, or is named twice; nothing is left behind.</exception>
    public static void Check(string directory, params (string Option, string? File)[] targets)
    {
        Dictionary<string, string> taken = [];
        foreach ((string option, string? file) in targets)
        {
            if (file is null)
            {
                continue;
            }

            string path = Path.Combine(directory, file);
            CheckKind(path, option, file);
            if (!taken.TryAdd(Path.GetFullPath(path), option))
            {
                throw new InputException($"{option} {file}: is what {taken[Path.GetFullPath(path)]} writes; expected another file");
            }

            Try(path, option, file, static neighbour => new FileStream(neighbour, FileMode.Create).Dispose(), isTrial: true);
        }
    }

    /// <summary>Writes lines to a neighbour of the file, then renames it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="lines">The lines, without line breaks.</param>
    /// <param name="option">The option that names the file, for complaints.</param>
    /// <exception cref="InputException">The file cannot be written; nothing is left behind.</exception>
    public static void Write(string path, IEnumerable<string> lines, string option = "--out")
    {
        CheckKind(path, option, path);
        Try(path, option, path, neighbour =>
        {
            UTF8Encoding plain = new(encoderShouldEmitUTF8Identifier: false);
            using StreamWriter text = new(neighbour, append: false, plain) { NewLine = "\n" };
            foreach (string line in lines)
            {
                text.WriteLine(line);
            }
        }, isTrial: false);
    }

    private static void CheckKind(string path, string option, string name)
    {
        if (Directory.Exists(path))
        {
            throw new InputException($"{option} {name}: expected a file, found a directory");
        }

        // A rename would put a file in the place of the device.
        string full = FullPath(path, option, name);
        if (Array.Exists(Devices, folder => full.StartsWith(folder, StringComparison.Ordinal)) && !full.StartsWith(SharedMemory, StringComparison.Ordinal))
        {
            throw new InputException($"{option} {name}: expected a file, found a device; leave {option} away to print");
        }

        if (!Directory.Exists(Path.GetDirectoryName(full)))
        {
            throw new InputException($"{option} {name}: cannot be written: there is no such directory");
        }
    }

    private static string FullPath(string path, string option, string name)
    {
        try
        {
            return Path.GetFullPath(path);
        }
        catch (Exception failed) when (failed is ArgumentException or NotSupportedException or IOException)
        {
            throw new InputException($"{option} {name}: cannot be written: {failed.Message}", failed);
        }
    }

    private static void Try(string path, string option, string name, Action<string> write, bool isTrial)
    {
        string neighbour = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            write(neighbour);
            if (isTrial)
            {
                File.Delete(neighbour);
            }
            else
            {
                File.Move(neighbour, path, overwrite: true);
            }
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            Discard(neighbour);
            throw new InputException($"{option} {name}: cannot be written: {failed.Message}", failed);
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
