using System.Globalization;

namespace Iopf.Benchmarks.Report;

/// <summary>A run of the published command that is over soon, measured beside an empty program that is published alike.</summary>
/// <remarks>Both run in turns, so that what others do meanwhile falls on both; <c>eng/publish --measured</c> publishes both before.</remarks>
/// <param name="Key">What rows and targets call it.</param>
/// <param name="Arguments">The arguments of the command.</param>
internal sealed record ShortRun(string Key, params string[] Arguments)
{
    private const int Pairs = 15;
    private const int PairsOfTurn = 5;
    private static readonly string Iopf = Repository.PathOf("artifacts", "publish", "iopf");
    private static readonly string Empty = Repository.PathOf("artifacts", "empty", "Empty");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ShortRun> All { get; } =
    [
        new("Commands.Patches", "patches"),
        new("Commands.FirstFault", "run", "first-fault"),
        new("Commands.Review", "review"),
    ];

    /// <summary>The command as it is typed.</summary>
    public string Command => $"iopf {string.Join(' ', Arguments)}";

    /// <summary>By how much it takes longer than the empty program: in processor time, and by wall-clock.</summary>
    public IEnumerable<Figure> Figures()
    {
        (Spent[] own, Spent[] empty) = Measure(Pairs);
        yield return Figure("processor", "processor time", static spent => spent.Processor);
        yield return Figure("wall", "from start to end", static spent => spent.Wall);

        Figure Figure(string kind, string words, Func<Spent, double> take)
        {
            double nothing = Median(empty.Select(take));
            double[] ratios = [.. own.Select(spent => take(spent) / nothing).Order()];
            string title = string.Create(CultureInfo.InvariantCulture, $"{Command}, to an empty program ({nothing:0.#} ms): {words}");
            return new Figure($"{Key}.{kind}", title, Median(ratios), ratios[0], ratios[^1], "x", Command);
        }
    }

    /// <summary>The least processor time of a few runs, to the least of the empty program.</summary>
    public double LeastToEmpty()
    {
        (Spent[] own, Spent[] empty) = Measure(PairsOfTurn);
        return own.Min(static spent => spent.Processor) / empty.Min(static spent => spent.Processor);
    }

    private (Spent[] Own, Spent[] Empty) Measure(int pairs)
    {
        Shell.Measure(Empty);
        Shell.Measure(Iopf, Arguments);
        List<Spent> own = [];
        List<Spent> empty = [];
        for (int pair = 0; pair < pairs; pair++)
        {
            empty.Add(Shell.Measure(Empty));
            own.Add(Shell.Measure(Iopf, Arguments));
        }

        return ([.. own], [.. empty]);
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Pairs / 2);
}
