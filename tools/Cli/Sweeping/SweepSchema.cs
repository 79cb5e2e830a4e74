using System.Globalization;
using Iopf.Kernel;
using Iopf.Sweeps;
using Microsoft.Data.Sqlite;

namespace Iopf.Cli.Sweeping;

/// <summary>The tables of a sweep's SQLite file: <c>sweep</c> says which sweep it is, <c>points</c> has a row for each point.</summary>
internal static class SweepSchema
{
    /// <summary>What the file's header says it is: "IOPF".</summary>
    public const long ApplicationId = 0x494F5046;

    private const long WrittenAnew = 1;

    /// <summary>Creates the tables, or sees whether those that are there belong to the same sweep; the file is ours until it is closed.</summary>
    /// <param name="file">The file.</param>
    /// <param name="plan">The sweep.</param>
    /// <param name="definition">What makes it this sweep.</param>
    /// <param name="place">What complaints call the file.</param>
    /// <exception cref="InputException">The file belongs to something else.</exception>
    public static void Enter(SqliteConnection file, SweepPlan plan, IReadOnlyList<KeyValuePair<string, string>> definition, string place)
    {
        Execute(file, "PRAGMA locking_mode = EXCLUSIVE");
        using SqliteTransaction entry = file.BeginTransaction(deferred: false);
        bool isEmpty = Scalar(file, "SELECT count(*) FROM sqlite_schema") == 0;
        long owner = Scalar(file, "PRAGMA application_id");
        if (!isEmpty && owner != ApplicationId)
        {
            throw new InputException($"{place}: expected the file of a sweep, found another database");
        }

        if (isEmpty)
        {
            Create(file, plan, definition);
        }
        else
        {
            Compare(file, definition, place);
        }

        entry.Commit();
    }

    /// <summary>Prepares to read the points.</summary>
    /// <param name="file">The file.</param>
    /// <param name="plan">The sweep.</param>
    /// <returns>A command that reads the number, then the values at the point, then what was measured.</returns>
    public static SqliteCommand Select(SqliteConnection file, SweepPlan plan) =>
        Command(file, $"SELECT point, {string.Join(", ", Names(plan))} FROM points ORDER BY point");

    /// <summary>Prepares to add points.</summary>
    /// <param name="file">The file.</param>
    /// <param name="plan">The sweep.</param>
    /// <returns>A command with a parameter for each column.</returns>
    public static SqliteCommand Insert(SqliteConnection file, SweepPlan plan)
    {
        int count = 1 + plan.Axes.Count + plan.Columns.Count;
        SqliteCommand insert = Command(file, $"INSERT INTO points VALUES ({string.Join(", ", Enumerable.Range(0, count).Select(Parameter))})");
        for (int i = 0; i < count; i++)
        {
            insert.Parameters.Add(new SqliteParameter(Parameter(i), null));
        }

        return insert;
    }

    /// <summary>Fills the parameters in.</summary>
    /// <param name="insert">The command.</param>
    /// <param name="plan">The sweep.</param>
    /// <param name="point">The point's number.</param>
    /// <param name="measured">What was measured.</param>
    public static void Bind(SqliteCommand insert, SweepPlan plan, long point, object?[] measured)
    {
        int at = 0;
        insert.Parameters[at++].Value = point;
        foreach (object value in SweepValues.Of(plan, point))
        {
            insert.Parameters[at++].Value = value;
        }

        foreach (object? value in measured)
        {
            insert.Parameters[at++].Value = value ?? DBNull.Value;
        }
    }

    /// <summary>Writes everything to a new file, in the order of the tables.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">The new file.</param>
    public static void WriteAnew(SqliteConnection file, string path)
    {
        using (SqliteCommand vacuum = Command(file, "VACUUM INTO $path"))
        {
            vacuum.Parameters.AddWithValue("$path", path);
            vacuum.ExecuteNonQuery();
        }

        using SqliteConnection anew = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        anew.Open();
        Execute(anew, "PRAGMA journal_mode = OFF");
        Execute(anew, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {WrittenAnew}"));
    }

    /// <summary>Whether a file is one that <see cref="WriteAnew"/> wrote.</summary>
    /// <param name="file">The file.</param>
    /// <returns>Whether it is.</returns>
    public static bool IsWrittenAnew(SqliteConnection file) => Scalar(file, "PRAGMA user_version") == WrittenAnew;

    private static void Create(SqliteConnection file, SweepPlan plan, IReadOnlyList<KeyValuePair<string, string>> definition)
    {
        Execute(file, string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}"));
        Execute(file, "CREATE TABLE sweep (name TEXT NOT NULL, value TEXT NOT NULL)");
        Execute(file, $"CREATE TABLE points (point INTEGER PRIMARY KEY, {string.Join(", ", Names(plan))})");
        foreach ((string name, string value) in definition)
        {
            using SqliteCommand insert = Command(file, "INSERT INTO sweep VALUES ($name, $value)");
            insert.Parameters.AddWithValue("$name", name);
            insert.Parameters.AddWithValue("$value", value);
            insert.ExecuteNonQuery();
        }
    }

    private static void Compare(SqliteConnection file, IReadOnlyList<KeyValuePair<string, string>> definition, string place)
    {
        List<KeyValuePair<string, string>> there = [];
        using SqliteCommand select = Command(file, "SELECT name, value FROM sweep ORDER BY rowid");
        using SqliteDataReader reader = select.ExecuteReader();
        while (reader.Read())
        {
            there.Add(new(reader.GetString(0), reader.GetString(1)));
        }

        if (there.SequenceEqual(definition))
        {
            return;
        }

        KeyValuePair<string, string> other = there.Except(definition).FirstOrDefault();
        KeyValuePair<string, string> own = definition.Except(there).FirstOrDefault();
        string difference = other.Key is null && own.Key is null ? "the order of what varies" : $"{Words(other)} there, {Words(own)} here";
        throw new InputException($"{place}: belongs to another sweep: {difference}; name another file, or delete this one");
    }

    private static string Words(KeyValuePair<string, string> fact)
    {
        const int Longest = 60;
        return fact.Key is null ? "nothing more" : $"{fact.Key} {(fact.Value.Length > Longest ? fact.Value[..Longest] + "..." : fact.Value)}";
    }

    private static string Parameter(int number) => string.Create(CultureInfo.InvariantCulture, $"$p{number}");

    private static IEnumerable<string> Names(SweepPlan plan) =>
        plan.Axes.Select(static axis => Quoted(axis.Name)).Concat(plan.Columns.Select(static column => Quoted(column.Name)));

    private static string Quoted(string name) => $"\"{name}\"";

    private static SqliteCommand Command(SqliteConnection file, string text)
    {
        SqliteCommand command = file.CreateCommand();
        command.CommandText = text;
        return command;
    }

    private static void Execute(SqliteConnection file, string text)
    {
        using SqliteCommand command = Command(file, text);
        command.ExecuteNonQuery();
    }

    private static long Scalar(SqliteConnection file, string text)
    {
        using SqliteCommand command = Command(file, text);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
