namespace Iopf.SmmuLog;

/// <summary>One message of the driver: its text, and what it means for a reader of the log.</summary>
/// <param name="Kind">What kind of line it is, in snake_case.</param>
/// <param name="Text">The template of its text.</param>
/// <param name="Meaning">What it means.</param>
/// <param name="Stops">What no longer works; empty if nothing stops.</param>
/// <param name="LookAt">What to look at next; empty if there is nothing.</param>
internal sealed record DriverMessage(string Kind, string Text, string Meaning, string Stops = "", string LookAt = "")
{
    /// <summary>The text, ready to be held against lines.</summary>
    public MessageTemplate Template { get; } = new(Text);

    /// <summary>Whether no other driver prints this text, so that it is known under any driver's name and without one.</summary>
    public bool IsUnmistakable { get; init; }
}
