using System.Text.RegularExpressions;

namespace Iopf.TraceImport;

/// <summary>The lines that tell of mappings: QEMU's, DPDK's, a vfio-user server's, those of Linux's tracing and of the kernel's log.</summary>
internal static partial class TracePatterns
{
    [GeneratedRegex(@"SKIPPING region_|region_(?:add|del) \[(?:iommu|mmio)\]")]
    public static partial Regex RegionSkip();

    [GeneratedRegex(@"\bregion_add \[ram\] 0x(?<first>[0-9a-f]{1,16}) - 0x(?<last>[0-9a-f]{1,16}) \[0x(?<vaddr>[0-9a-f]{1,16})\]")]
    public static partial Regex RegionAdd();

    [GeneratedRegex(@"\bregion_del 0x(?<first>[0-9a-f]{1,16}) - 0x(?<last>[0-9a-f]{1,16})")]
    public static partial Regex RegionDel();

    [GeneratedRegex(@"\bvfio_region_mmap Region .*\bBAR \d+ mmaps\[\d+\] \[0x(?<first>[0-9a-f]{1,16}) - 0x(?<last>[0-9a-f]{1,16})\]")]
    public static partial Regex Bar();

    [GeneratedRegex(@"(?:\bRegion (?<region>[^:]{1,80}): )?\bvfio_(?:container_|legacy_)?dma_map\((?<container>0x[0-9a-f]+), 0x(?<iova>[0-9a-f]{1,16}), 0x(?<size>[0-9a-f]{1,16}), 0x(?<vaddr>[0-9a-f]{1,16})\) = -(?<error>\d{1,3})\b")]
    public static partial Regex DmaMap();

    [GeneratedRegex(@"\bvfio_(?:container_|legacy_)?dma_unmap\((?<container>0x[0-9a-f]+), 0x(?<iova>[0-9a-f]{1,16}), 0x(?<size>[0-9a-f]{1,16})\) = -(?<error>\d{1,3})\b")]
    public static partial Regex DmaUnmap();

    [GeneratedRegex(@"(?<container>0x[0-9a-f]+)? ?can't map guest IOVA region 0x(?<first>[0-9a-f]{1,16})\.\.0x(?<last>[0-9a-f]{1,16})")]
    public static partial Regex CannotMap();

    [GeneratedRegex(@"\b(?:vfio_(?:container_|legacy_)?dma_(?:map|unmap)\(.*\) = -\d{1,3}\b|region_add \[ram\] .*\[0x[0-9a-f]+\]|region_del 0x[0-9a-f]+ - 0x[0-9a-f]+|iommu (?:MAP|UNMAP) @ 0x[0-9a-f]+ - 0x[0-9a-f]+|guest IOVA region 0x[0-9a-f]+\.\.0x[0-9a-f]+|map: IOMMU: ?.*size=\d+)")]
    public static partial Regex Whole();

    // The last beginning of a line that can be wrapped.
    [GeneratedRegex(@"\bvfio_(?:container_|legacy_)?dma_(?:map|unmap)(?:\(|$)|\bregion_add \[ram\]|\bregion_del(?: |$)|\bvfio_iommu_map_notify(?: |$)|\bcan't map guest\b|\b(?:un)?map: IOMMU:", RegexOptions.RightToLeft)]
    public static partial Regex Starter();

    // Nothing but what such a line goes on with.
    [GeneratedRegex(@"^[-0-9a-fx,()=.@\[\] ]{1,200}$")]
    public static partial Regex Tail();

    [GeneratedRegex(@"^[> \t]+")]
    public static partial Regex Quote();

    [GeneratedRegex(@"smmu[-_]?v3\b.{0,90}: (?:event 0x|\s*0x[0-9a-f]{16}|CMDQ|CMD_SYNC|option mask|ias )", RegexOptions.IgnoreCase)]
    public static partial Regex Driver();

    [GeneratedRegex(@"(?:failed to open|open of|[Cc]ould not open) '?/dev/vfio/\d+'?: Device or resource busy")]
    public static partial Regex GroupBusy();

    [GeneratedRegex(@"failed to set iommu for container: Operation not permitted")]
    public static partial Regex SetIommu();

    [GeneratedRegex(@"\bCannot set up DMA mapping, error (?<number>\d{1,3})\b|\b(?:VFIO_MAP_DMA|IOMMU_IOAS_MAP)(?: failed)?: (?:-(?<number>\d{1,3})|(?<words>[A-Z][A-Za-z ]{3,60}))")]
    public static partial Regex NoAddress();

    [GeneratedRegex(@"\bmap: IOMMU: ?(?:dev=\S+ )?iova=0x(?<iova>[0-9a-f]{1,16})(?: - 0x[0-9a-f]{1,16})? paddr=0x[0-9a-f]{1,16} size=(?<size>\d{1,19})")]
    public static partial Regex FtraceMap();

    [GeneratedRegex(@"\bunmap: IOMMU: ?(?:dev=\S+ )?iova=0x(?<iova>[0-9a-f]{1,16})(?: - 0x[0-9a-f]{1,16})? size=(?<size>\d{1,19})")]
    public static partial Regex FtraceUnmap();

    [GeneratedRegex(@"\bio_page_fault: IOMMU:\S* \S+ iova=0x(?<iova>[0-9a-f]{1,16}) flags=0x(?<flags>[0-9a-f]{1,8})")]
    public static partial Regex FtraceFault();

    [GeneratedRegex(@"\badding DMA region \[0x(?<first>[0-9a-f]{1,16}), 0x(?<end>[0-9a-f]{1,16})\) .*\bprot=0x(?<prot>[0-9a-f])")]
    public static partial Regex ServerAdd();

    [GeneratedRegex(@"\bremov(?:ing|ed) DMA region .*\[0x(?<first>[0-9a-f]{1,16}), 0x(?<end>[0-9a-f]{1,16})\)")]
    public static partial Regex ServerRemove();

    [GeneratedRegex(@"\bfailed to add DMA region \[0x(?<first>[0-9a-f]{1,16}), 0x(?<end>[0-9a-f]{1,16})\)")]
    public static partial Regex ServerFailed();

    [GeneratedRegex(@"\bdma_map vaddr: 0x(?<vaddr>[0-9a-f]{1,16}), iova: 0x(?<iova>[0-9a-f]{1,16}), size: 0x(?<size>[0-9a-f]{1,16}), ret(?:: |=)-?\d+(?:, errno was set to (?<name>E[A-Z0-9]+))?")]
    public static partial Regex DpdkMap();

    [GeneratedRegex(@"\bdma_unmap (?:vaddr: 0x[0-9a-f]+, )?iova: 0x(?<iova>[0-9a-f]{1,16}), size: 0x(?<size>[0-9a-f]{1,16})")]
    public static partial Regex DpdkUnmap();

    [GeneratedRegex(@"\bRLIMIT_MEMLOCK \((?<bytes>\d{1,19})\) exceeded")]
    public static partial Regex Limit();

    [GeneratedRegex(@"\biommu width \(\d+\) is not sufficient for the mapped address \((?<address>[0-9a-f]{1,16})\)")]
    public static partial Regex Width();

    [GeneratedRegex(@"^\d+@(?<seconds>\d{1,12}\.\d+):|^.{0,60}? (?<seconds>\d{1,9}\.\d{6}): |^\[ *(?<seconds>\d{1,9}\.\d{6})\]")]
    public static partial Regex Time();
}
