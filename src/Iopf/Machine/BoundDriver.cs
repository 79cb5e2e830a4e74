namespace Iopf.Machine;

/// <summary>The kind of driver that is bound to a device.</summary>
public enum BoundDriver
{
    /// <summary>A VFIO bus driver: the device can be given to user space.</summary>
    Vfio,

    /// <summary>A driver of the host that uses the device itself.</summary>
    Host,

    /// <summary>None.</summary>
    None,
}
