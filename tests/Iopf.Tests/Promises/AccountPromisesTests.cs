using Iopf.Kernel;
using Iopf.Patches;

namespace Iopf.Tests.Promises;

/// <summary>A1 and V4: pins, accounts, and calls that fail. Each breach is planted and caught.</summary>
public sealed class AccountPromisesTests : IDisposable
{
    private readonly PlantedHost _host = new(PatchSet.None);

    [Fact]
    public void A_static_mapping_accounts_for_each_of_its_pins()
    {
        Assert.Equal(16, _host.Host.Memory.TotalPins);
        Assert.Empty(_host.Violations());
    }

    [Fact]
    public void A1_sees_a_pin_without_an_owner()
    {
        _host.Host.Memory.Pin(_host.Vmm.Mm!.FrameAt(new UserAddress(0x1000_0000))!.Value);

        Assert.Equal(["A1: 17 pages are pinned, but the mappings account for 16 pins"], _host.Violations());
    }

    [Fact]
    public void A1_sees_a_locked_vm_that_nobody_accounts_for()
    {
        _host.Vmm.Mm!.AccountLocked(2);

        Assert.Equal(["A1: locked_vm of vmm is 18 pages, but its mappings account for 16"], _host.Violations());
    }

    [Fact]
    public void V4_sees_a_failed_call_that_changed_something()
    {
        _host.Watch.Begin();
        _host.Mapping.IsVaddrInvalid = true;

        Assert.Contains(
            _host.Violations(hasFailed: true),
            violation => violation.StartsWith("V4: a call failed, but after it: container 1: dma 0x100000+0x10000", StringComparison.Ordinal));
    }

    [Fact]
    public void V4_lets_a_call_that_succeeds_change_something()
    {
        _host.Watch.Begin();
        _host.Mapping.IsVaddrInvalid = true;

        Assert.Empty(_host.Violations(hasFailed: false));
    }

    public void Dispose() => _host.Dispose();
}
