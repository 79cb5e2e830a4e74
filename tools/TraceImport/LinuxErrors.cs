using System.Globalization;

namespace Iopf.TraceImport;

/// <summary>Names of Linux's error numbers, those included that the model never answers.</summary>
internal static class LinuxErrors
{
    private const int Unknown = 524;

    private static readonly Dictionary<int, string> s_names = new()
    {
        [1] = "EPERM",
        [2] = "ENOENT",
        [3] = "ESRCH",
        [4] = "EINTR",
        [5] = "EIO",
        [6] = "ENXIO",
        [7] = "E2BIG",
        [9] = "EBADF",
        [11] = "EAGAIN",
        [12] = "ENOMEM",
        [13] = "EACCES",
        [14] = "EFAULT",
        [16] = "EBUSY",
        [17] = "EEXIST",
        [19] = "ENODEV",
        [22] = "EINVAL",
        [25] = "ENOTTY",
        [27] = "EFBIG",
        [28] = "ENOSPC",
        [34] = "ERANGE",
        [38] = "ENOSYS",
        [61] = "ENODATA",
        [75] = "EOVERFLOW",
        [90] = "EMSGSIZE",
        [95] = "EOPNOTSUPP",
        [105] = "ENOBUFS",
        [110] = "ETIMEDOUT",
        [114] = "EALREADY",
        [121] = "EREMOTEIO",
    };

    /// <summary>The name of a number.</summary>
    /// <param name="number">The number, positive.</param>
    /// <returns>Its name, or the number as text.</returns>
    public static string NameOf(int number) => s_names.GetValueOrDefault(number) ?? string.Create(CultureInfo.InvariantCulture, $"error {number}");

    /// <summary>The number of a name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>Its number; that of an unknown error if the name is not known.</returns>
    public static int NumberOf(string name) => s_names.FirstOrDefault(entry => entry.Value == name) is { Key: > 0 and int number } ? number : Unknown;
}
