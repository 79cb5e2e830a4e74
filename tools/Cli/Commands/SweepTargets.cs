using Iopf.Cli.Output;
using Iopf.Kernel;
using Iopf.Sweeps;

namespace Iopf.Cli.Commands;

/// <summary>The files a sweep writes: its points, and its picture.</summary>
/// <param name="terminal">Where relative paths begin.</param>
internal sealed class SweepTargets(Terminal terminal)
{
    private static readonly string[] Tables = [".csv", ".jsonl", ".db"];
    private static readonly string[] Pictures = [".svg", ".html"];

    /// <summary>The file of the points; <see langword="null"/> if none is written.</summary>
    public string? Table { get; private set; }

    /// <summary>Whether it is an SQLite file, written as points are done.</summary>
    public bool IsJournal => Table is not null && Has(Table, ".db");

    /// <summary>The file of the picture; <see langword="null"/> if none is drawn.</summary>
    public string? Picture { get; private set; }

    /// <summary>The full path of the points.</summary>
    public string TablePath => Path.Combine(terminal.Directory, Table!);

    /// <summary>Takes the names of the files, before anything is run.</summary>
    /// <param name="table">The points.</param>
    /// <param name="picture">The picture.</param>
    /// <exception cref="InputException">One of them cannot be written.</exception>
    public void Take(string? table, string? picture)
    {
        Table = table;
        Picture = picture;
        CheckExtension("--out", table, Tables);
        if (picture is not null && Has(picture, ".png"))
        {
            throw new InputException($"--plot {picture}: pictures are written as .svg or .html; rsvg-convert or a browser makes a .png of them");
        }

        CheckExtension("--plot", picture, Pictures);
        // A sweep may take hours: what cannot be written is found before it begins.
        AtomicFile.Check(terminal.Directory, ("--out", table), ("--plot", picture));
    }

    /// <summary>Whether a picture can show several measures.</summary>
    public bool HasRoom => Picture is null || Has(Picture, ".html");

    /// <summary>Writes what is not written yet.</summary>
    /// <param name="plan">The sweep.</param>
    /// <param name="points">What was measured at each point.</param>
    /// <param name="picture">What the picture shows; <see langword="null"/> if there is none.</param>
    /// <exception cref="InputException">A file cannot be written.</exception>
    public void Write(SweepPlan plan, IReadOnlyList<object?[]> points, SweepPicture? picture)
    {
        if (Table is not null && !IsJournal)
        {
            AtomicFile.Write(TablePath, Has(Table, ".csv") ? SweepRows.Csv(plan, points) : SweepRows.JsonLines(plan, points));
        }

        if (Picture is not null && picture is not null)
        {
            IEnumerable<string> lines = HasRoom ? SweepChart.Page(plan, points, picture) : SweepChart.Of(plan, points, picture, picture.Y[0]).Lines();
            AtomicFile.Write(Path.Combine(terminal.Directory, Picture), lines, "--plot");
        }
    }

    private static bool Has(string file, string extension) => file.EndsWith(extension, StringComparison.OrdinalIgnoreCase);

    private static void CheckExtension(string option, string? file, string[] extensions)
    {
        if (file is not null && !extensions.Any(extension => Has(file, extension)))
        {
            throw new InputException($"{option} {file}: expected a file that ends in {string.Join(", ", extensions[..^1])} or {extensions[^1]}");
        }
    }
}
