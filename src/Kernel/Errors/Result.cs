using System.Diagnostics.CodeAnalysis;

namespace Iopf.Kernel;

/// <summary>A value, or the error that took its place.</summary>
/// <remarks>Kernel: a pointer or <c>ERR_PTR</c>, a count or a negative error number.</remarks>
/// <typeparam name="T">What success yields.</typeparam>
public readonly record struct Result<T>
{
    private readonly T? _value;

    private Result(T? value, Errno error)
    {
        _value = value;
        Error = error;
    }

    /// <summary>The error; <see cref="Errno.None"/> when there is a value.</summary>
    public Errno Error { get; }

    /// <summary>Whether there is a value.</summary>
    public bool IsSuccess => Error == Errno.None;

    /// <summary>The value of a result that is known to be a success.</summary>
    public T Value
    {
        get
        {
            Invariant.Hold(IsSuccess, "the value of a result is read only after success");
            return _value!;
        }
    }

    /// <summary>Wraps a value.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator Result<T>(T value) => new(value, Errno.None);

    /// <summary>Wraps an error.</summary>
    /// <param name="error">Any error but <see cref="Errno.None"/>.</param>
    public static implicit operator Result<T>(Errno error)
    {
        Invariant.Hold(error != Errno.None, "a result without a value carries an error");
        return new Result<T>(default, error);
    }

    /// <summary>Reads the value, or the error.</summary>
    /// <param name="value">The value on success.</param>
    /// <param name="error">The error otherwise.</param>
    /// <returns>Whether there is a value.</returns>
    public bool TryGet([MaybeNullWhen(false)] out T value, out Errno error)
    {
        value = _value;
        error = Error;
        return IsSuccess;
    }
}
