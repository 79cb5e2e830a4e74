using System.Text.RegularExpressions;

namespace Iopf.SmmuLog;

/// <summary>Names the lines of IOMMUs that are no SMMUv3.</summary>
internal static partial class ForeignLines
{
    /// <summary>Names the IOMMU of a line.</summary>
    /// <param name="line">The line.</param>
    /// <returns>Which kind of IOMMU; null if the line is of none that is known here.</returns>
    public static string? IommuOf(string line)
    {
        if (Smmu2().IsMatch(line))
        {
            return line.Contains("(XEN)", StringComparison.Ordinal) ? "SMMUv2 (Xen)" : "SMMUv2";
        }

        if (Dmar().IsMatch(line))
        {
            return "VT-d";
        }

        if (line.Contains("AMD-Vi", StringComparison.Ordinal) || line.Contains("[IO_PAGE_FAULT", StringComparison.Ordinal))
        {
            return "AMD-Vi";
        }

        if (line.Contains("io_page_fault: IOMMU:", StringComparison.Ordinal))
        {
            return "io_page_fault tracepoint";
        }

        return Other().Match(line) is { Success: true } other ? other.Groups["name"].Value : null;
    }

    /// <summary>Whether a line is the second half of a wrapped one: it begins with a register and its value.</summary>
    public static bool IsContinuation(string text) => Continuation().IsMatch(text);

    [GeneratedRegex(@"(?:^|[ \]>])arm-smmu(?: [^ ]+)?: |(?:^|[ \]>])arm-smmu\.\d+\.auto: |\bsmmu: /[^ ]*: |arm_smmu_(?:context|global)_fault\b|Unhandled context fault: ")]
    private static partial Regex Smmu2();

    [GeneratedRegex(@"(?:^|[ \]>])(?:DMAR(?:-IR)?|DMAR: \[|dmar\d+|VT-d|\[VT-D\][^:]*): |\[VT-D\]")]
    private static partial Regex Dmar();

    [GeneratedRegex(@"(?:^|[ \]>])(?<name>qsmmuv500-tbu|rk_iommu|mtk-iommu[\w-]*|sun50i-iommu|exynos-sysmmu|apple-dart|ipmmu-vmsa|msm_iommu|qcom-iommu[\w-]*|riscv-iommu|omap-iommu|tegra-smmu|tegra-mc-smmu|virtio_iommu|sprd-iommu|s390-iommu)(?: [^ ]+)?: ")]
    private static partial Regex Other();

    [GeneratedRegex(@"^[a-z_]+=")]
    private static partial Regex Continuation();
}
