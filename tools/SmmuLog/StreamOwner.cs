namespace Iopf.SmmuLog;

/// <summary>The device behind a stream ID.</summary>
/// <param name="Device">Its name.</param>
/// <param name="Because">How that is known.</param>
public sealed record StreamOwner(string Device, string Because);
