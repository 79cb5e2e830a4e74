using System.Diagnostics;
using Iopf.Benchmarks.Optimised;

namespace Iopf.Benchmarks.Against;

/// <summary>One of the two commits that are compared: its tree, built.</summary>
/// <param name="root">The directory of the tree.</param>
internal sealed class Side(string root)
{
    private readonly string _program = Path.Combine(root, "bench", "Iopf.Benchmarks", "bin", "Release", "net10.0", "Iopf.Benchmarks.dll");

    /// <summary>Its own assemblies.</summary>
    public IEnumerable<string> Assemblies => Directory.GetFiles(Path.GetDirectoryName(_program)!, "Iopf*.dll").Order(StringComparer.Ordinal);

    /// <summary>The rows that it has.</summary>
    public IReadOnlyList<ListedRow> Rows(IEnumerable<string> patterns)
    {
        using Process process = Start(["--rows", .. patterns]);
        List<ListedRow> rows = [];
        while (process.StandardOutput.ReadLine() is { } line)
        {
            rows.Add(ListedRow.Parse(line));
        }

        return rows;
    }

    /// <summary>Starts a process that measures rows when told to.</summary>
    public SideProcess Begin() => new(Start(["--turn"]));

    private Process Start(IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new("dotnet", [_program, .. arguments])
        {
            WorkingDirectory = root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return Process.Start(start) ?? throw new NotMeasuredException($"{_program} does not start");
    }
}
