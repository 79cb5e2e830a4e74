namespace Iopf.SmmuLog;

/// <summary>How far a text fits a template.</summary>
internal enum TemplateFit
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>It is the beginning of such a message: the rest is missing.</summary>
    Beginning,

    /// <summary>It is such a message; text may follow.</summary>
    Whole,
}
