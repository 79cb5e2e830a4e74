using System.Globalization;
using System.Numerics;
using Iopf.Kernel;

namespace Iopf.TraceImport;

/// <summary>The iovas that devices of the scenario may not use, so that maps are refused as the log says. What the log maps is never among them.</summary>
/// <param name="mapped">What the log maps at any time.</param>
internal sealed class ReservedAddresses(IReadOnlyList<ImportedStep> mapped)
{
    /// <summary>The last address that the modeled SMMU translates.</summary>
    public const ulong Last = (1UL << 48) - 1;

    private const ulong HyperTransportFirst = 0xfd_0000_0000;
    private const ulong HyperTransportLast = 0xff_ffff_ffff;
    private const int RangesMax = 200;
    private const int BitsOfRam = 36;

    private readonly List<(ulong First, ulong Last)> _ranges = [];

    /// <summary>The ranges; none overlaps another.</summary>
    public IReadOnlyList<(ulong First, ulong Last)> Ranges => _ranges;

    /// <summary>Whether a step uses a reserved address.</summary>
    public bool Overlaps(ImportedStep step) => _ranges.Exists(range => range.First <= step.Last && step.Iova <= range.Last);

    /// <summary>Reserves addresses of a refused map.</summary>
    /// <returns>Whether there are any that the log does not map.</returns>
    public bool TryReserve(ImportedStep step)
    {
        if (IsHyperTransport(step) && TryAdd(HyperTransportFirst, HyperTransportLast))
        {
            return true;
        }

        // The widest IOMMU that lacks an address of the map; else the map's own addresses, without those the log maps at another time.
        return TryAdd(1UL << BitOperations.Log2(Math.Max(step.Last, Page.Size)), Last) || TryAddOwn(step);
    }

    /// <summary>Why a map at such addresses is refused, and what to do.</summary>
    public static string Why(ImportedStep step)
    {
        if (IsHyperTransport(step))
        {
            return "it crosses 0xfd00000000 to 0xffffffffff, which AMD's HyperTransport reserves. Use a machine type whose RAM goes on above 1 TiB (QEMU 7.1 and later)";
        }

        int bits = BitOperations.Log2(Math.Max(step.Last, 1)) + 1;
        string advice = bits > BitsOfRam
            ? "A guest puts large BARs at the top of its physical address bits: lower them below the IOMMU's (QEMU: -cpu host,host-phys-bits-limit=39 or phys-bits=39)"
            : "Look at /sys/kernel/iommu_groups/*/reserved_regions";
        return string.Create(
            CultureInfo.InvariantCulture, $"its addresses need {bits} bits (up to 0x{step.Last:x}), more than the IOMMU or the host's reserved regions leave. {advice}");
    }

    private bool TryAddOwn(ImportedStep step)
    {
        ulong first = step.Iova;
        foreach (ImportedStep other in mapped.Where(step.Overlaps).OrderBy(other => other.Iova))
        {
            if (other.Iova > first && TryAdd(first, Math.Min(other.Iova - 1, step.Last)))
            {
                return true;
            }

            first = Math.Max(first, unchecked(other.Last + 1));
        }

        return first >= step.Iova && first <= step.Last && TryAdd(first, Math.Min(step.Last, Last));
    }

    private bool TryAdd(ulong first, ulong last)
    {
        if (first >= last || _ranges.Count == RangesMax || _ranges.Exists(range => range.First <= last && first <= range.Last)
            || mapped.Any(step => step.Iova <= last && first <= step.Last))
        {
            return false;
        }

        _ranges.Add((first, last));
        return true;
    }

    private static bool IsHyperTransport(ImportedStep step) => step.Iova <= HyperTransportLast && step.Last >= HyperTransportFirst && step.Iova < HyperTransportFirst;
}
