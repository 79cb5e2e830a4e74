using Iopf.Kernel;
using Microsoft.Extensions.Configuration;

namespace Iopf.Cli;

/// <summary>The configuration under the command line: appsettings.json in the working directory, then the environment over it.</summary>
internal static class RunConfiguration
{
    private const string FileName = "appsettings.json";

    /// <summary>Reads the configuration.</summary>
    /// <param name="directory">The working directory.</param>
    /// <returns>The merged configuration.</returns>
    /// <exception cref="InputException">appsettings.json is there but cannot be read.</exception>
    public static IConfiguration Load(string directory)
    {
        ConfigurationBuilder builder = new();
        string file = Path.Combine(directory, FileName);
        if (File.Exists(file))
        {
            builder.AddJsonStream(new MemoryStream(Bytes(file)));
        }

        builder.AddEnvironmentVariables();
        try
        {
            return builder.Build();
        }
        catch (Exception malformed) when (malformed is FormatException or InvalidDataException or System.Text.Json.JsonException)
        {
            string cause = (malformed.InnerException ?? malformed).Message;
            throw new InputException($"{FileName}: expected a JSON object with sections such as Iopf and Premap: {cause}", malformed);
        }
    }

    private static byte[] Bytes(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{FileName}: cannot be read: {failed.Message}", failed);
        }
    }
}
