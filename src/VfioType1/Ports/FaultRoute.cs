namespace Iopf.VfioType1;

/// <summary>Who resolves a fault.</summary>
public enum FaultRoute
{
    /// <summary>The host: type1 maps what is missing.</summary>
    Host,

    /// <summary>The guest, through the device's bus driver.</summary>
    Guest,
}
