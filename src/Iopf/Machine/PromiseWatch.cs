using Iopf.Kernel;

namespace Iopf.Machine;

/// <summary>Has every promise checked around each operation of a run, and collects what was broken, each once.</summary>
/// <param name="host">The host.</param>
public sealed class PromiseWatch(ModeledHost host)
{
    private readonly List<Violation> _violations = [];
    private readonly HashSet<string> _reported = [];

    /// <summary>The promises that were broken so far.</summary>
    public IReadOnlyList<Violation> Violations => _violations;

    /// <summary>An operation begins.</summary>
    public void Begin()
    {
        foreach (IInvariantChecker checker in host.Checkers)
        {
            checker.Begin();
        }
    }

    /// <summary>An operation has ended.</summary>
    /// <param name="operation">Its name and place, for reports.</param>
    /// <param name="hasFailed">Whether it was refused with an error.</param>
    public void End(string operation, bool hasFailed)
    {
        foreach (IInvariantChecker checker in host.Checkers)
        {
            checker.Check(hasFailed, detail => Report(checker.Id, operation, detail));
        }
    }

    /// <summary>Reports a promise whose breach ended the operation.</summary>
    /// <param name="invariant">The promise's short name.</param>
    /// <param name="operation">The operation's name and place.</param>
    /// <param name="detail">The objects it concerns.</param>
    public void Report(string invariant, string operation, string detail)
    {
        if (_reported.Add($"{invariant} {detail}"))
        {
            string promise = host.Checkers.FirstOrDefault(checker => checker.Id == invariant)?.Promise ?? "The modeled kernel does not crash.";
            _violations.Add(new Violation(invariant, promise, operation, detail, host.Kernel.Trace.Count));
        }
    }
}
