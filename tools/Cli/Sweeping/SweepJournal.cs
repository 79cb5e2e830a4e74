using Iopf.Kernel;
using Iopf.Sweeps;
using Microsoft.Data.Sqlite;

namespace Iopf.Cli.Sweeping;

/// <summary>The points of a sweep in an SQLite file, written as they are done: a sweep that was killed goes on after the last of them.</summary>
/// <remarks>
/// Points come in order, so that the file always holds the first so many. When the last is in, the file is written anew in one go:
/// its bytes are the same however often it was begun.
/// </remarks>
internal sealed class SweepJournal : IDisposable
{
    private const int BusySeconds = 1;
    private const int FileIsNoDatabase = 26;
    private const int FileIsLocked = 5;

    private readonly string _path;
    private readonly string _place;
    private readonly SweepPlan _plan;
    private readonly SqliteConnection _file;
    private SqliteTransaction? _open;
    private SqliteCommand? _insert;

    private SweepJournal(string path, string place, SweepPlan plan, SqliteConnection file) => (_path, _place, _plan, _file) = (path, place, plan, file);

    /// <summary>Opens a sweep's file, or begins one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="place">What complaints call it.</param>
    /// <param name="plan">The sweep.</param>
    /// <param name="definition">What makes it this sweep.</param>
    /// <returns>The journal.</returns>
    /// <exception cref="InputException">The file cannot be written, or belongs to something else.</exception>
    public static SweepJournal Open(string path, string place, SweepPlan plan, IReadOnlyList<KeyValuePair<string, string>> definition)
    {
        SqliteConnection file = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = BusySeconds }.ToString());
        SweepJournal journal = new(path, place, plan, file);
        try
        {
            journal.Try(() =>
            {
                file.Open();
                SweepSchema.Enter(file, plan, definition, place);
            });
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Reads the points that are there.</summary>
    /// <returns>What was measured at each, from point 0 on.</returns>
    public List<object?[]> Read()
    {
        List<object?[]> points = [];
        Try(() =>
        {
            using SqliteCommand select = SweepSchema.Select(_file, _plan);
            using SqliteDataReader reader = select.ExecuteReader();
            while (reader.Read())
            {
                points.Add(JournalRow.Read(reader, _plan, points.Count, _place));
            }
        });
        return points;
    }

    /// <summary>Adds a point; it is safe on disk after <see cref="Commit"/>.</summary>
    /// <param name="point">Its number.</param>
    /// <param name="measured">What was measured.</param>
    public void Add(long point, object?[] measured) => Try(() =>
    {
        _open ??= _file.BeginTransaction();
        _insert ??= SweepSchema.Insert(_file, _plan);
        _insert.Transaction = _open;
        SweepSchema.Bind(_insert, _plan, point, measured);
        _insert.ExecuteNonQuery();
    });

    /// <summary>Puts what was added on disk.</summary>
    public void Commit() => Try(() =>
    {
        _open?.Commit();
        _open?.Dispose();
        _open = null;
    });

    /// <summary>Writes the whole file anew, unless that was done before, and closes it.</summary>
    public void Finish()
    {
        Commit();
        // One name for all: the file is ours, and what a sweep that was killed left behind goes away.
        string neighbour = $"{_path}.tmp";
        Try(() =>
        {
            if (SweepSchema.IsWrittenAnew(_file))
            {
                return;
            }

            File.Delete(neighbour);
            SweepSchema.WriteAnew(_file, neighbour);
            Dispose();
            File.Move(neighbour, _path, overwrite: true);
        });
    }

    public void Dispose()
    {
        _open?.Dispose();
        _insert?.Dispose();
        _file.Dispose();
        (_open, _insert) = (null, null);
    }

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (SqliteException failed) when (failed.SqliteErrorCode == FileIsNoDatabase)
        {
            throw new InputException($"{_place}: expected the file of a sweep, found something that is no SQLite database", failed);
        }
        catch (SqliteException failed) when (failed.SqliteErrorCode == FileIsLocked)
        {
            throw new InputException($"{_place}: is in use; another sweep may be writing it", failed);
        }
        catch (Exception failed) when (failed is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{_place}: cannot be written: {failed.Message}", failed);
        }
    }
}
