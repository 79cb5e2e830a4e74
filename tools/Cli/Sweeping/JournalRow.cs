using Iopf.Kernel;
using Iopf.Sweeps;
using Microsoft.Data.Sqlite;

namespace Iopf.Cli.Sweeping;

/// <summary>A row of a sweep's SQLite file, read back: what somebody else wrote into it is not believed.</summary>
internal static class JournalRow
{
    /// <summary>Reads the row that a reader is at.</summary>
    /// <param name="reader">Reads the number, then the values at the point, then what was measured.</param>
    /// <param name="plan">The sweep.</param>
    /// <param name="point">The number of the point whose turn it is.</param>
    /// <param name="place">What complaints call the file.</param>
    /// <returns>What was measured.</returns>
    /// <exception cref="InputException">The row is that of another point, or holds what no sweep writes.</exception>
    public static object?[] Read(SqliteDataReader reader, SweepPlan plan, long point, string place)
    {
        if (point >= plan.Count || reader.GetInt64(0) != point)
        {
            throw Damaged(place, point, "it is missing, or there are too many");
        }

        int at = 1;
        foreach (object value in SweepValues.Of(plan, point))
        {
            if (!value.Equals(reader.GetValue(at)))
            {
                throw Damaged(place, point, $"{plan.Axes[at - 1].Name} is not {SweepValues.Text(value)}");
            }

            at++;
        }

        object?[] measured = new object?[plan.Columns.Count];
        for (int column = 0; column < measured.Length; column++)
        {
            object? found = reader.IsDBNull(at + column) ? null : reader.GetValue(at + column);
            measured[column] = Fits(plan.Columns[column], found)
                ? found
                : throw Damaged(place, point, $"{plan.Columns[column].Name} is no {(plan.Columns[column].IsNumeric ? "number" : "text")}");
        }

        return measured;
    }

    private static bool Fits(SweepColumn column, object? value) =>
        column.IsNumeric ? value is null or long || (value is double number && double.IsFinite(number)) : value is string;

    private static InputException Damaged(string place, long point, string what) => new($"{place}: is damaged: of point {point}, {what}; delete the file to begin anew");
}
