namespace Iopf.Kernel;

/// <summary>What a kernel function returns: success or one of Linux's error numbers.</summary>
/// <remarks>
/// The kernel returns the negated number; here the name is the value. Each member is documented once, for the whole model;
/// elsewhere only the case that yields it is stated.
/// </remarks>
public enum Errno
{
    /// <summary>Success (0).</summary>
    None = 0,

    /// <summary>The caller may not do this, or asks for more access than the object grants.</summary>
    EPERM = 1,

    /// <summary>The named object does not exist.</summary>
    ENOENT = 2,

    /// <summary>The process does not exist (any more).</summary>
    ESRCH = 3,

    /// <summary>A fatal signal ended a wait.</summary>
    EINTR = 4,

    /// <summary>The hardware layer could not supply the object.</summary>
    EIO = 5,

    /// <summary>The objects belong to different hardware instances.</summary>
    ENXIO = 6,

    /// <summary>The request names more items than one call may carry.</summary>
    E2BIG = 7,

    /// <summary>The file descriptor is not open.</summary>
    EBADF = 9,

    /// <summary>It cannot be done without sleeping, and sleeping is forbidden here.</summary>
    EAGAIN = 11,

    /// <summary>Memory, or the caller's locked-memory limit, is exhausted.</summary>
    ENOMEM = 12,

    /// <summary>This container's version does not offer the call.</summary>
    EACCES = 13,

    /// <summary>A user address has no memory behind it, or not with that access.</summary>
    EFAULT = 14,

    /// <summary>The object is in use or already in the requested state.</summary>
    EBUSY = 16,

    /// <summary>The range is (partly) taken already.</summary>
    EEXIST = 17,

    /// <summary>There is no such device, or it lacks the capability.</summary>
    ENODEV = 19,

    /// <summary>An argument is malformed or does not fit the object's state.</summary>
    EINVAL = 22,

    /// <summary>The ioctl is unknown to whoever received it.</summary>
    ENOTTY = 25,

    /// <summary>The table of mappings is full.</summary>
    ENOSPC = 28,

    /// <summary>The address lies outside what the translation table can express.</summary>
    ERANGE = 34,

    /// <summary>A count does not fit its type.</summary>
    EOVERFLOW = 75,

    /// <summary>The request was understood, but nobody supports it.</summary>
    EOPNOTSUPP = 95,
}
