namespace Iopf.Scenarios.Format;

/// <summary>Files and ioctls of VFIO.</summary>
internal static partial class OperationTable
{
    private const string Vfio = "VFIO files";

    private static IEnumerable<OperationSpec> VfioOperations() =>
    [
        Operation(Vfio, "open_container", "Opens /dev/vfio/vfio.",
        [
            Process,
            new("container", FieldKind.NewContainer, "the name the container gets") { Default = "\"container\"" },
        ]),
        Operation(Vfio, "close_container", "Closes a container.", [Process, Container]),
        Operation(Vfio, "open_group", "Opens /dev/vfio/N.", [Process, Group]),
        Operation(Vfio, "close_group", "Closes a group.", [Process, Group]),
        Operation(Vfio, "get_status", "VFIO_GROUP_GET_STATUS.", [Process, Group], reports: ["viable", "container_set"]),
        Operation(Vfio, "set_container", "VFIO_GROUP_SET_CONTAINER: puts a group into a container.", [Process, Group, Container]),
        Operation(Vfio, "unset_container", "VFIO_GROUP_UNSET_CONTAINER.", [Process, Group]),
        Operation(Vfio, "set_iommu", "VFIO_SET_IOMMU: chooses the backend and attaches the groups.",
        [
            Process, Container,
            new("type", FieldKind.Choice, "the backend's interface") { Words = ["type1", "type1v2", "nesting"], Default = "type1v2" },
        ]),
        Operation(Vfio, "open_device", "VFIO_GROUP_GET_DEVICE_FD.", [Process, AnyDevice with { About = "the device" }]),
        Operation(Vfio, "close_device", "Closes a device.", [Process, AnyDevice with { About = "the device" }]),
        Operation(Vfio, "check_extension", "VFIO_CHECK_EXTENSION.",
        [
            Process, Container,
            new("extension", FieldKind.Count, "the extension's number (1 type1, 3 type1v2, 6 nesting)")
            {
                IsRequired = true,
                Max = uint.MaxValue,
            },
        ],
        answers: "0 or 1"),
        Operation(Vfio, "get_info", "VFIO_IOMMU_GET_INFO.", [Process, Container], reports: ["page_sizes", "capabilities"]),
        Operation(Vfio, "enable_iopf", "VFIO_IOMMU_ENABLE_IOPF: devices may fault from now on.", [Process, Container]),
    ];
}
