namespace Iopf.Vfio;

/// <summary>What kind of device it is.</summary>
/// <remarks>Kernel: <c>VFIO_DEVICE_FLAGS_*</c>.</remarks>
[Flags]
public enum VfioDeviceInfoBits : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>It can be reset.</summary>
    Reset = 1,

    /// <summary>It is a PCI device.</summary>
    Pci = 2,

    /// <summary>It is a platform device.</summary>
    Platform = 4,

    /// <summary>It is an AMBA device.</summary>
    Amba = 8,
}
