using System.ComponentModel.DataAnnotations;

namespace Iopf.Density;

/// <summary>The host, the guests and the costs of a density study, apart from what <c>Cost:</c> and the command line say.</summary>
/// <remarks>Where each default comes from, and how sure it is, stands in <see cref="DensityParameters"/>.</remarks>
public sealed class DensityOptions
{
    /// <summary>The configuration section these options are bound to.</summary>
    public const string Section = "Density";

    /// <summary>Memory of the host that no guest gets.</summary>
    /// <value>MiB, 0 to 1,048,576. The default is 16,384.</value>
    [Range(0, 1_048_576)]
    public int ReservedMebibytes { get; set; } = 16_384;

    /// <summary>Memory that a guest touches while it starts, and not again.</summary>
    /// <value>MiB, 0 to 1,048,576. The default is 256.</value>
    [Range(0, 1_048_576)]
    public int BootMebibytes { get; set; } = 256;

    /// <summary>The part of the working set that holds message buffers, used in rotation.</summary>
    /// <value>MiB, 1 to 65,536. The default is 128.</value>
    [Range(1, 65_536)]
    public int DmaMebibytes { get; set; } = 128;

    /// <summary>The length of a message; it is read from one buffer and written to another.</summary>
    /// <value>Bytes, 4,096 to 67,108,864. The default is 1,048,576.</value>
    [Range(4_096, 67_108_864)]
    public int MessageBytes { get; set; } = 1_048_576;

    /// <summary>How many pages of a buffer lie next to each other in the guest's memory.</summary>
    /// <value>Pages, 1 to 16,384. The default is 64.</value>
    [Range(1, 16_384)]
    public int RunPages { get; set; } = 64;

    /// <summary>The mean time a guest computes between two messages; each time lies between half and one and a half of it.</summary>
    /// <value>Microseconds, 0 to 10,000,000. The default is 20,000.</value>
    [Range(0, 10_000_000)]
    public int ThinkMicroseconds { get; set; } = 20_000;

    /// <summary>Pieces of 64 KiB of its working set that the guest's CPU touches between two messages.</summary>
    /// <value>0 to 100,000. The default is 32.</value>
    [Range(0, 100_000)]
    public int CpuTouches { get; set; } = 32;

    /// <summary>Whether the guest's CPU touches all of a message's buffers, and not only their first pages.</summary>
    /// <value>The default is false: payload that only devices look at.</value>
    public bool CpuTouchesPayload { get; set; }

    /// <summary>Whether reclaim learns of a device's accesses, as it learns of a CPU's.</summary>
    /// <value>The default is false: the series' notifier does not tell.</value>
    public bool DeviceAccessesAge { get; set; }

    /// <summary>Accelerators of the host, each behind an SMMU of its own; guests are spread evenly.</summary>
    /// <value>1 to 1,024. The default is 4.</value>
    [Range(1, 1_024)]
    public int Accelerators { get; set; } = 4;

    /// <summary>Engines of an accelerator; each works on one message, also while it stalls.</summary>
    /// <value>1 to 1,024. The default is 7.</value>
    [Range(1, 1_024)]
    public int Engines { get; set; } = 7;

    /// <summary>The time one engine takes for a message that does not fault.</summary>
    /// <value>Nanoseconds per MiB, 0 to 1,000,000,000. The default is 775,000.</value>
    [Range(0, 1_000_000_000)]
    public int TransferNanosecondsPerMebibyte { get; set; } = 775_000;

    /// <summary>The part of <c>Cost:FaultDeliveryNanoseconds</c> that is the interrupt and the wake-up of the event thread; none if the thread is awake.</summary>
    /// <value>Percent, 0 to 50. The default is 50.</value>
    [Range(0, 50)]
    public int WakeUpPercent { get; set; } = 50;

    /// <summary>The part of <c>Cost:FaultDeliveryNanoseconds</c> for which the event thread of the SMMU is busy.</summary>
    /// <value>Percent, 0 to 50. The default is 20.</value>
    [Range(0, 50)]
    public int EventThreadPercent { get; set; } = 20;

    /// <summary>Whether the handler runs in the event thread, as posted, and not in a worker of the device.</summary>
    /// <value>The default is false.</value>
    public bool HandlerInEventThread { get; set; }

    /// <summary>The part of <c>Cost:PremappedPageNanoseconds</c> that obtains and clears a new page; the rest pins and maps it.</summary>
    /// <value>Percent, 0 to 100. The default is 65.</value>
    [Range(0, 100)]
    public int PopulatePercent { get; set; } = 65;

    /// <summary>A fault of a guest's CPU on memory the host has to supply, apart from the pages.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000,000. The default is 2,500.</value>
    [Range(0, 1_000_000_000)]
    public int CpuFaultNanoseconds { get; set; } = 2_500;

    /// <summary>Reclaiming one page, apart from what a device still has mapped and from writing it out.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000,000. The default is 500.</value>
    [Range(0, 1_000_000_000)]
    public int ReclaimPageNanoseconds { get; set; } = 500;

    /// <summary>Taking up to 16 adjacent pages out of the IOMMU: the notifier's unmap and the IOTLB invalidation.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000,000. The default is 2,000.</value>
    [Range(0, 1_000_000_000)]
    public int InvalidateNanoseconds { get; set; } = 2_000;

    /// <summary>The time a read from the swap device takes beyond its transfer.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000,000. The default is 80,000.</value>
    [Range(0, 1_000_000_000)]
    public int SwapLatencyNanoseconds { get; set; } = 80_000;

    /// <summary>How fast the swap device reads and writes, together.</summary>
    /// <value>MiB per second, 1 to 1,000,000. The default is 2,000.</value>
    [Range(1, 1_000_000)]
    public int SwapMebibytesPerSecond { get; set; } = 2_000;

    /// <summary>A request to map or unmap a buffer that traps to the emulated IOMMU.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000,000. The default is 10,000.</value>
    [Range(0, 1_000_000_000)]
    public int TrapNanoseconds { get; set; } = 10_000;

    /// <summary>One MAP_DMA or UNMAP_DMA of adjacent pages, apart from the pages.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000,000. The default is 2,000.</value>
    [Range(0, 1_000_000_000)]
    public int IoctlNanoseconds { get; set; } = 2_000;

    /// <summary>Unmapping and unpinning a page.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000,000. The default is 150.</value>
    [Range(0, 1_000_000_000)]
    public int UnpinPageNanoseconds { get; set; } = 150;

    /// <summary>A cooperating guest's entry in the shared table that tracks DMA.</summary>
    /// <value>Nanoseconds per page, 0 to 1,000,000. The default is 20.</value>
    [Range(0, 1_000_000)]
    public int TrackPageNanoseconds { get; set; } = 20;

    /// <summary>How often the host looks for pinned memory that a cooperating guest no longer uses.</summary>
    /// <value>Milliseconds, 1 to 10,000,000. The default is 60,000.</value>
    [Range(1, 10_000_000)]
    public int UnpinIntervalMilliseconds { get; set; } = 60_000;

    /// <summary>A fault that the device itself reports and is told the answer of, with one page.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000,000. The default is 220,000.</value>
    [Range(0, 1_000_000_000)]
    public int NicFaultNanoseconds { get; set; } = 220_000;

    /// <summary>A further page in the same fault of such a device.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000. The default is 134.</value>
    [Range(0, 1_000_000)]
    public int NicPageNanoseconds { get; set; } = 134;

    /// <summary>The time between the starts of two guests. With 0 all but the last are there from the beginning, their memory in place.</summary>
    /// <value>Milliseconds, 0 to 1,000,000. The default is 0.</value>
    [Range(0, 1_000_000)]
    public int StartIntervalMilliseconds { get; set; }

    /// <summary>How long all guests but the last have run before the beginning; it decides in which order reclaim takes what they hold.</summary>
    /// <value>Milliseconds, 0 to 1,000,000. The default is 60,000.</value>
    [Range(0, 1_000_000)]
    public int SettleMilliseconds { get; set; } = 60_000;

    /// <summary>How long the host is measured, from one second after the last guest's first message on.</summary>
    /// <value>Milliseconds, 1 to 1,000,000. The default is 3,000.</value>
    [Range(1, 1_000_000)]
    public int MeasureMilliseconds { get; set; } = 3_000;
}
