namespace Iopf.Vfio.Tests.Ioctls;

public sealed class VfioIoctlTests
{
    [Theory]
    [InlineData(VfioIoctl.GetApiVersion, 0x3B64u, "VFIO_GET_API_VERSION")]
    [InlineData(VfioIoctl.CheckExtension, 0x3B65u, "VFIO_CHECK_EXTENSION")]
    [InlineData(VfioIoctl.SetIommu, 0x3B66u, "VFIO_SET_IOMMU")]
    [InlineData(VfioIoctl.GroupGetStatus, 0x3B67u, "VFIO_GROUP_GET_STATUS")]
    [InlineData(VfioIoctl.GroupSetContainer, 0x3B68u, "VFIO_GROUP_SET_CONTAINER")]
    [InlineData(VfioIoctl.GroupUnsetContainer, 0x3B69u, "VFIO_GROUP_UNSET_CONTAINER")]
    [InlineData(VfioIoctl.GroupGetDeviceFd, 0x3B6Au, "VFIO_GROUP_GET_DEVICE_FD")]
    [InlineData(VfioIoctl.DeviceGetInfo, 0x3B6Bu, "VFIO_DEVICE_GET_INFO")]
    [InlineData(VfioIoctl.DeviceGetRegionInfo, 0x3B6Cu, "VFIO_DEVICE_GET_REGION_INFO")]
    [InlineData(VfioIoctl.DeviceGetIrqInfo, 0x3B6Du, "VFIO_DEVICE_GET_IRQ_INFO")]
    [InlineData(VfioIoctl.DeviceSetIrqs, 0x3B6Eu, "VFIO_DEVICE_SET_IRQS")]
    [InlineData(VfioIoctl.DeviceReset, 0x3B6Fu, "VFIO_DEVICE_RESET")]
    [InlineData(VfioIoctl.IommuGetInfo, 0x3B70u, "VFIO_IOMMU_GET_INFO")]
    [InlineData(VfioIoctl.IommuMapDma, 0x3B71u, "VFIO_IOMMU_MAP_DMA")]
    [InlineData(VfioIoctl.IommuUnmapDma, 0x3B72u, "VFIO_IOMMU_UNMAP_DMA")]
    [InlineData(VfioIoctl.IommuEnable, 0x3B73u, "VFIO_IOMMU_ENABLE")]
    [InlineData(VfioIoctl.IommuDisable, 0x3B74u, "VFIO_IOMMU_DISABLE")]
    [InlineData(VfioIoctl.IommuDirtyPages, 0x3B75u, "VFIO_IOMMU_DIRTY_PAGES")]
    [InlineData(VfioIoctl.IommuEnableIopf, 0x3B76u, "VFIO_IOMMU_ENABLE_IOPF")]
    public void Ioctl_has_the_number_and_the_name_of_the_interface(uint number, uint expected, string name)
    {
        Assert.Equal(expected, number);
        Assert.Equal(name, VfioIoctl.NameOf(number));
    }

    [Theory]
    [InlineData(0x3B63u, "0x3b63")]
    [InlineData(0x3B77u, "0x3b77")]
    public void Number_outside_the_interface_is_named_in_hexadecimal(uint number, string expected) =>
        Assert.Equal(expected, VfioIoctl.NameOf(number));
}
