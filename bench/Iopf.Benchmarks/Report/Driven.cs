using System.Diagnostics;

namespace Iopf.Benchmarks.Report;

/// <summary>A benchmark run over and over without BenchmarkDotNet around it, so that a profiler sees nothing else.</summary>
/// <param name="Key">Its name, as in the rows.</param>
/// <param name="Title">What is seen.</param>
/// <param name="Prepare">Makes what is run: one round, with what has to come before it.</param>
internal sealed record Driven(string Key, string Title, Func<Action> Prepare)
{
    /// <summary>Those whose targets are the hardest.</summary>
    public static IReadOnlyList<Driven> All { get; } =
    [
        new("Faulting.OnePageEach", "full fault, pre-map 1 (and dropping the pages between rounds)", static () =>
        {
            Faulting faulting = new();
            faulting.DeferPages();
            return () =>
            {
                faulting.DropPages();
                faulting.OnePageEach();
            };
        }),
        new("Faulting.Windowed", "full fault, pre-map 512 (and dropping the pages between rounds)", static () =>
        {
            Faulting faulting = new();
            faulting.DeferWindows();
            return () =>
            {
                faulting.DropPages();
                faulting.Windowed();
            };
        }),
        new("Translating.WalkOneStage", "translation by a walk of one stage", static () =>
        {
            Translating translating = new();
            translating.OneStage();
            return translating.WalkOneStage;
        }),
    ];

    /// <summary>Runs one of them.</summary>
    /// <param name="key">Which.</param>
    /// <param name="seconds">For how long.</param>
    public static void Run(string key, double seconds)
    {
        Action round = All.Single(driven => driven.Key == key).Prepare();
        for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds;)
        {
            round();
        }
    }
}
