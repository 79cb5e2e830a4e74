namespace Iopf.SmmuLog;

/// <summary>One message of a line.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="FromDriver">Whether it names an SMMUv3 driver.</param>
/// <param name="Device">The SMMU's name; null if the message has none.</param>
/// <param name="Text">The message, without blanks around it.</param>
/// <param name="Role">What it is of its line.</param>
/// <param name="Line">The whole line.</param>
internal readonly record struct DriverText(LogPlace Place, bool FromDriver, string? Device, string Text, DriverTextRole Role, string Line);
