namespace Iopf.Cli.Output;

/// <summary>What a form of a trace is about.</summary>
internal enum TraceSubject
{
    /// <summary>The whole run.</summary>
    Run,

    /// <summary>One fault, chosen by <c>--fault</c>.</summary>
    Fault,

    /// <summary>One moment, chosen by <c>--after</c>.</summary>
    Moment,
}
