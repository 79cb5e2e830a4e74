namespace Iopf.Iommu.Tests.FaultReporting;

/// <summary>The numbers of the kernel's interface: baseline.md 1.1 and 1.6.</summary>
public sealed class FaultNumbersTests
{
    [Fact]
    public void An_unrecoverable_fault_is_1_and_a_page_request_2() =>
        Assert.Equal((1, 2), ((int)FaultType.Unrecoverable, (int)FaultType.PageRequest));

    [Fact]
    public void The_permissions_are_the_bits_read_write_execute_privileged() =>
        Assert.Equal(
            [1, 2, 4, 8],
            new[] { FaultPermissions.Read, FaultPermissions.Write, FaultPermissions.Execute, FaultPermissions.Privileged }.Select(bit => (int)bit));

    [Fact]
    public void The_reasons_are_0_to_8_from_unknown_to_an_address_out_of_range() =>
        Assert.Equal(
            [
                FaultReason.Unknown, FaultReason.PasidFetch, FaultReason.BadPasidEntry, FaultReason.PasidInvalid, FaultReason.WalkExternalAbort,
                FaultReason.PteFetch, FaultReason.Permission, FaultReason.Access, FaultReason.OutOfRangeAddress,
            ],
            Enumerable.Range(0, 9).Select(number => (FaultReason)number));

    [Fact]
    public void The_answers_are_success_0_invalid_1_and_failure_2() =>
        Assert.Equal((0, 1, 2), ((int)PageResponseCode.Success, (int)PageResponseCode.Invalid, (int)PageResponseCode.Failure));

    [Fact]
    public void An_answer_has_version_1() => Assert.Equal(1u, new PageResponse(7, null, PageResponseCode.Success).Version);

    [Fact]
    public void The_features_are_auxiliary_domains_0_SVA_1_and_IOPF_2() =>
        Assert.Equal((0, 1, 2), ((int)IommuFeature.Aux, (int)IommuFeature.Sva, (int)IommuFeature.Iopf));
}
