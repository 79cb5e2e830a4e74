namespace Iopf.Vfio;

/// <summary>What <see cref="VfioGroupStatus"/> tells of a group.</summary>
/// <remarks>Kernel: <c>VFIO_GROUP_FLAGS_*</c>.</remarks>
[Flags]
public enum VfioGroupStatusBits : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>No device of the group is in the hands of a driver that VFIO does not trust.</summary>
    Viable = 1,

    /// <summary>The group is in a container.</summary>
    ContainerSet = 2,
}
