using Iopf.Kernel;

namespace Iopf.Vfio;

/// <summary>The answer of an ioctl: a value not below zero, or an error.</summary>
/// <param name="Value">The value; 0 beside an error.</param>
/// <param name="Error">The error; <see cref="Errno.None"/> beside a value.</param>
public readonly record struct IoctlResult(int Value, Errno Error)
{
    /// <summary>Whether there is no error.</summary>
    public bool IsSuccess => Error == Errno.None;

    /// <summary>Answers with an error, or with 0 if there is none.</summary>
    /// <param name="error">The error.</param>
    public static implicit operator IoctlResult(Errno error) => new(0, error);

    /// <summary>Answers with a value.</summary>
    /// <param name="value">The value; not below 0.</param>
    public static implicit operator IoctlResult(int value) => new(value, Errno.None);
}
