using System.Diagnostics.CodeAnalysis;

namespace Iopf.Kernel;

/// <summary>States what must be true; always on.</summary>
/// <remarks>Kernel: <c>WARN_ON</c>, <c>BUG_ON</c> and <c>lockdep_assert_held</c> where they guard the kernel's own promises.</remarks>
public static class Invariant
{
    /// <summary>Throws when a promise of the model is broken.</summary>
    /// <param name="condition">What must hold.</param>
    /// <param name="promise">The promise in words, as a sentence without a full stop.</param>
    /// <exception cref="InvariantViolationException">The condition is false.</exception>
    public static void Hold([DoesNotReturnIf(false)] bool condition, string promise)
    {
        if (!condition)
        {
            Fail(promise);
        }
    }

    [DoesNotReturn]
    private static void Fail(string promise) => throw new InvariantViolationException(promise);
}
