using Iopf.Benchmarks.Optimised;

namespace Iopf.Benchmarks.Against;

/// <summary>This process measures one row after the other, each when it is told to, and rests in between.</summary>
internal static class Turn
{
    /// <summary>Reads keys of rows, and answers each with its value; at the end with how many methods were compiled.</summary>
    /// <param name="compiled">Knows what was compiled.</param>
    public static void Serve(CompiledMethods compiled)
    {
        Dictionary<string, MeasurableRow> rows = MeasurableRows.Matching(["*"]).ToDictionary(static row => row.Listed.Key);
        while (Console.In.ReadLine() is { } key)
        {
            Console.Out.WriteLine(Answer.Of(rows[key].Measure()));
        }

        Console.Out.WriteLine(Answer.Of(compiled.Require()));
    }
}
