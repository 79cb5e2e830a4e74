using System.Diagnostics.Tracing;
using System.Globalization;
using System.Reflection.Emit;

namespace Iopf.Benchmarks.Optimised;

/// <summary>What the runtime compiles of the model and of the benchmarks, as its own events tell.</summary>
/// <remarks>Decision 16: whatever runs in a measured iteration was compiled before or in it, so it is enough that everything compiled is optimised.</remarks>
internal sealed class CompiledMethods : EventListener
{
    private const string Source = "Microsoft-Windows-DotNETRuntime";
    private const EventKeywords JustInTime = (EventKeywords)0x10;
    private const int MethodLoadVerbose = 143;
    private const int FlagsField = 5;
    private const int TypeField = 6;
    private const int NameField = 7;
    private const string Measured = "Iopf.";
    private const string Mark = "mark ";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();
    private readonly HashSet<string> _marks = [];
    private readonly List<string> _unoptimised = [];
    private int _count;
    private int _lastMark;

    /// <summary>How many methods of Iopf.* were compiled, all of them fully optimised, up to now.</summary>
    /// <exception cref="NotMeasuredException">One was not, or the runtime tells nothing.</exception>
    public int Require()
    {
        WaitForEvents();
        lock (_lock)
        {
            return _unoptimised.Count == 0
                ? _count
                : throw new NotMeasuredException(
                    $"{_unoptimised.Count} of {_count} methods of Iopf.* ran as code that is not fully optimised, for example {_unoptimised[0]}: is DOTNET_TieredCompilation set?");
        }
    }

    /// <summary>What is known of so many methods, as a sentence.</summary>
    public static string Words(int methods) => string.Create(
        CultureInfo.InvariantCulture,
        $"Optimised: every method of Iopf.* that ran in the measured iterations; {methods:#,0} methods were compiled, each checked by the runtime's own events.");

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Source)
        {
            EnableEvents(eventSource, EventLevel.Verbose, JustInTime);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventId != MethodLoadVerbose || eventData.Payload is not { } payload)
        {
            return;
        }

        string type = (string)payload[TypeField]!;
        string name = (string)payload[NameField]!;
        CodeTier tier = (CodeTier)(((uint)payload[FlagsField]! >> 7) & 7);
        lock (_lock)
        {
            if (name.StartsWith(Mark, StringComparison.Ordinal))
            {
                _marks.Add(name);
            }
            else if (type.StartsWith(Measured, StringComparison.Ordinal))
            {
                _count++;
                if (tier is not (CodeTier.Optimised or CodeTier.OptimisedTier1))
                {
                    _unoptimised.Add($"{type}.{name} ({tier})");
                }
            }
        }
    }

    // Events arrive on a thread of their own, in order: the mark comes after all that was compiled before it.
    private void WaitForEvents()
    {
        string mark = $"{Mark}{++_lastMark}";
        DynamicMethod method = new(mark, returnType: null, parameterTypes: null);
        method.GetILGenerator().Emit(OpCodes.Ret);
        method.CreateDelegate<Action>()();
        for (DateTime end = DateTime.UtcNow + Patience; !HasCome(mark); Thread.Sleep(10))
        {
            if (DateTime.UtcNow > end)
            {
                throw new NotMeasuredException("the runtime does not tell what it compiles: is DOTNET_EventSource_IsSupported or DOTNET_EnableEventPipe set?");
            }
        }
    }

    private bool HasCome(string mark)
    {
        lock (_lock)
        {
            return _marks.Contains(mark);
        }
    }
}
