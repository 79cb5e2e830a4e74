namespace Iopf.VfioType1;

/// <summary>The functions behind a container's operations.</summary>
internal sealed record Type1Functions(
    MapDma Map,
    UnmapDma Unmap,
    DirtyLog Dirty,
    GroupAttach Attach,
    GroupDetach Detach,
    ExternalPinning Pins,
    DmaReadWrite ReadWrite,
    INestedHandlers Nested,
    IEnumerable<IContainerCommand> Commands,
    Type1Containers Containers);
