namespace Iopf.Replay;

/// <summary>
/// A call without inputs: api_version, group_status, group_set_container (and again), get_device_fd, get_info, migration_cap, dma_avail,
/// ioctl_118, map_short_argsz.
/// </summary>
/// <param name="Line">Its line in the file, from 1.</param>
/// <param name="Op">Its name in the recording.</param>
/// <param name="Answer">What the kernel answered.</param>
public sealed record PlainCall(int Line, string Op, RecordedAnswer Answer)
    : RecordedOperation(Line, Op, Answer);
