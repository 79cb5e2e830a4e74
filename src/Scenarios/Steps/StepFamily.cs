namespace Iopf.Scenarios.Steps;

/// <summary>The operations that belong together, and what they do to a host.</summary>
internal abstract class StepFamily
{
    /// <summary>The operations by name.</summary>
    public abstract IEnumerable<KeyValuePair<string, StepAction>> Operations { get; }

    /// <summary>Names an operation.</summary>
    /// <param name="name">The value of <c>op</c>.</param>
    /// <param name="action">What it does.</param>
    /// <returns>The pair.</returns>
    protected static KeyValuePair<string, StepAction> Operation(string name, StepAction action) => new(name, action);

    /// <summary>The bytes of a step's <c>data</c>, repeated up to its <c>len</c>.</summary>
    /// <param name="step">The step.</param>
    /// <returns>The bytes; zeros without <c>data</c>.</returns>
    protected static byte[] DataOf(ScenarioStep step)
    {
        ReadOnlySpan<byte> pattern = step.Data("data").Span;
        byte[] data = new byte[step.Number("len", (ulong)(pattern.Length > 0 ? pattern.Length : 16))];
        if (pattern.Length > 0)
        {
            for (int i = 0; i < data.Length; i++)
            {
                data[i] = pattern[i % pattern.Length];
            }
        }

        return data;
    }
}
