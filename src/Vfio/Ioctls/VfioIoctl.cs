namespace Iopf.Vfio;

/// <summary>The numbers of the VFIO ioctls.</summary>
/// <remarks>Kernel: <c>_IO(VFIO_TYPE, VFIO_BASE + n)</c>, that is type <c>';'</c> and numbers from 100, without a size.</remarks>
public static class VfioIoctl
{
    /// <summary>The number of <c>n</c> = 0; all others follow it.</summary>
    public const uint Base = ((uint)';' << 8) | 100;

    /// <summary>Container: which version of the interface is spoken.</summary>
    public const uint GetApiVersion = Base + 0;

    /// <summary>Container: whether an extension is offered; the argument is its number.</summary>
    public const uint CheckExtension = Base + 1;

    /// <summary>Container: chooses the backend; the argument is its type.</summary>
    public const uint SetIommu = Base + 2;

    /// <summary>Group: whether it is viable and in a container.</summary>
    public const uint GroupGetStatus = Base + 3;

    /// <summary>Group: joins a container; the argument is a file descriptor.</summary>
    public const uint GroupSetContainer = Base + 4;

    /// <summary>Group: leaves its container.</summary>
    public const uint GroupUnsetContainer = Base + 5;

    /// <summary>Group: opens one of its devices; the argument is a name, the answer a file descriptor.</summary>
    public const uint GroupGetDeviceFd = Base + 6;

    /// <summary>Device: flags, and numbers of regions and interrupts.</summary>
    public const uint DeviceGetInfo = Base + 7;

    /// <summary>Device: one region.</summary>
    public const uint DeviceGetRegionInfo = Base + 8;

    /// <summary>Device: one interrupt index.</summary>
    public const uint DeviceGetIrqInfo = Base + 9;

    /// <summary>Device: wires interrupts to eventfds.</summary>
    public const uint DeviceSetIrqs = Base + 10;

    /// <summary>Device: resets it.</summary>
    public const uint DeviceReset = Base + 11;

    /// <summary>Type1: page sizes and capabilities of the container.</summary>
    public const uint IommuGetInfo = Base + 12;

    /// <summary>Type1: maps a range of the caller's memory for DMA.</summary>
    public const uint IommuMapDma = Base + 13;

    /// <summary>Type1: removes mappings.</summary>
    public const uint IommuUnmapDma = Base + 14;

    /// <summary>sPAPR only.</summary>
    public const uint IommuEnable = Base + 15;

    /// <summary>sPAPR only.</summary>
    public const uint IommuDisable = Base + 16;

    /// <summary>Type1: starts, stops and reads dirty page tracking. sPAPR uses the same number to register memory.</summary>
    public const uint IommuDirtyPages = Base + 17;

    /// <summary>Type1 with patch 5: faults instead of static pins. No argument. sPAPR uses the same number to unregister memory.</summary>
    public const uint IommuEnableIopf = Base + 18;

    /// <summary>The version of the interface.</summary>
    /// <remarks>Kernel: <c>VFIO_API_VERSION</c>.</remarks>
    public const int ApiVersion = 0;

    private static readonly string[] Names =
    [
        "VFIO_GET_API_VERSION", "VFIO_CHECK_EXTENSION", "VFIO_SET_IOMMU",
        "VFIO_GROUP_GET_STATUS", "VFIO_GROUP_SET_CONTAINER", "VFIO_GROUP_UNSET_CONTAINER", "VFIO_GROUP_GET_DEVICE_FD",
        "VFIO_DEVICE_GET_INFO", "VFIO_DEVICE_GET_REGION_INFO", "VFIO_DEVICE_GET_IRQ_INFO", "VFIO_DEVICE_SET_IRQS", "VFIO_DEVICE_RESET",
        "VFIO_IOMMU_GET_INFO", "VFIO_IOMMU_MAP_DMA", "VFIO_IOMMU_UNMAP_DMA", "VFIO_IOMMU_ENABLE", "VFIO_IOMMU_DISABLE",
        "VFIO_IOMMU_DIRTY_PAGES", "VFIO_IOMMU_ENABLE_IOPF",
    ];

    /// <summary>The C name of an ioctl, as type1 users know it.</summary>
    /// <param name="number">The number.</param>
    /// <returns>The name, or the number in hexadecimal if VFIO has no such ioctl.</returns>
    public static string NameOf(uint number) =>
        unchecked(number - Base) < (uint)Names.Length ? Names[number - Base] : $"0x{number:x}";
}
