namespace Iopf.SmmuLog;

/// <summary>What a text is of its line.</summary>
internal enum DriverTextRole
{
    /// <summary>The line names no SMMUv3 driver.</summary>
    Nobodys,

    /// <summary>It follows the name of a driver.</summary>
    Drivers,

    /// <summary>It stands before the first driver of the line: the end of a message that a mailer wrapped, or nothing.</summary>
    Lead,
}
