namespace Iopf.Kernel;

/// <summary>How an <see cref="Errno"/> is written in recordings, scenarios and output.</summary>
public static class ErrnoExtensions
{
    /// <summary>The C name of an error, or "0" for success.</summary>
    /// <param name="errno">The value to name.</param>
    /// <returns>"0" or a name such as "EINVAL".</returns>
    public static string ToCName(this Errno errno) => errno == Errno.None ? "0" : errno.ToString();
}
