namespace Iopf.Kernel;

/// <summary>Watches one promise of the model; observes, never influences.</summary>
public interface IInvariantChecker
{
    /// <summary>The promise's short name: M1, M2, P1, R1, ...</summary>
    string Id { get; }

    /// <summary>The promise in words.</summary>
    string Promise { get; }

    /// <summary>Looks at the state before an operation.</summary>
    void Begin()
    {
        // Most promises are about one state; only those about a change look at two.
    }

    /// <summary>Looks at the state after an operation and reports what breaks the promise.</summary>
    /// <param name="hasFailed">Whether the operation was refused with an error.</param>
    /// <param name="report">Called once per violation with the objects it concerns (iova, pfn, lock, thread).</param>
    void Check(bool hasFailed, Action<string> report);
}
