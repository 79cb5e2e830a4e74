namespace Iopf.Kernel;

/// <summary>How often each stage of a fault was passed, and how long that took.</summary>
public sealed class StageTimes
{
    private readonly long[] _nanoseconds = new long[Stages.Length];
    private readonly long[] _times = new long[Stages.Length];

    /// <summary>The stages in their order.</summary>
    public static CostStage[] Stages { get; } = Enum.GetValues<CostStage>();

    /// <summary>All stages together.</summary>
    public long TotalNanoseconds => _nanoseconds.Sum();

    /// <summary>How long a stage took in all.</summary>
    /// <param name="stage">The stage.</param>
    /// <returns>Nanoseconds.</returns>
    public long NanosecondsOf(CostStage stage) => _nanoseconds[(int)stage];

    /// <summary>How often a stage was passed.</summary>
    /// <param name="stage">The stage.</param>
    /// <returns>The count.</returns>
    public long TimesOf(CostStage stage) => _times[(int)stage];

    /// <summary>Adds one passage.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="nanoseconds">How long it took.</param>
    public void Add(CostStage stage, long nanoseconds)
    {
        _nanoseconds[(int)stage] += nanoseconds;
        _times[(int)stage]++;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_nanoseconds);
        Array.Clear(_times);
    }
}
