using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Patches;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.Tests.Promises;

/// <summary>P1, R1, F1 and F3: how faults are reported and answered. Each breach is planted and caught.</summary>
public sealed class FaultPromisesTests : IDisposable
{
    private readonly PlantedHost _host = new(PatchSet.All);

    [Fact]
    public void P1_sees_success_for_a_page_that_is_still_missing()
    {
        bool isFirst = true;
        _host.HandleFaultsWith((_, fault) =>
        {
            _host.Answer(fault, isFirst ? PageResponseCode.Success : PageResponseCode.Invalid);
            isFirst = false;
            return Errno.None;
        });

        Assert.Equal(DmaState.Aborted, _host.Write(2));

        Assert.Contains("P1: nic0, iova 0x102000: SUCCESS was answered, but Write would fault again", _host.Violations());
    }

    [Fact]
    public void P1_sees_a_fault_that_repeats_for_ever()
    {
        int faults = 0;
        _host.HandleFaultsWith((_, fault) =>
        {
            _host.Answer(fault, ++faults < 5000 ? PageResponseCode.Success : PageResponseCode.Invalid);
            return Errno.None;
        });

        _host.Write(2);

        Assert.Contains(
            "P1: nic0, iova 0x102000 faults again and again although SUCCESS was answered and nothing changed", _host.Violations());
    }

    [Fact]
    public void R1_sees_a_fault_that_nobody_answers()
    {
        _host.HandleFaultsWith((_, _) => Errno.None);

        Assert.Equal(DmaState.Stalled, _host.Write(2));

        Assert.Equal(["R1: nic0, iova 0x102000: group 0x0 is not answered, and nobody will"], _host.Violations());
    }

    [Fact]
    public void R1_sees_a_stalled_transaction_that_the_core_does_not_know()
    {
        _host.HandleFaultsWith((_, _) => Errno.None);
        _host.Write(2);
        using (_host.Device.Iommu!.Pending.Lock.Hold())
        {
            _host.Device.Iommu!.Pending.RemoveAt(0);
        }

        Assert.Contains("R1: smmu0 holds 1 stalled transactions, but only 0 faults wait for an answer", _host.Violations());
    }

    [Fact]
    public void R1_sees_an_answer_to_a_fault_that_does_not_wait()
    {
        IommuFault never = IommuFault.PageRequest(FaultStage.Stage1, new Iova(0x5000), FaultPermissions.Read, groupId: 9);
        foreach (IFaultObserver observer in _host.Services.GetServices<IFaultObserver>())
        {
            observer.Responded(_host.Device, never, PageResponseCode.Invalid);
        }

        Assert.Equal(["R1: nic0, iova 0x5000: group 0x9 was answered, but no such fault waited"], _host.Violations());
    }

    [Fact]
    public void F1_sees_a_report_of_another_address_than_the_one_that_stalled()
    {
        IommuFault? seen = null;
        _host.HandleFaultsWith((_, fault) =>
        {
            seen ??= fault;
            return Errno.None;
        });
        _host.Write(2);

        _host.Services.GetRequiredService<DeviceFaultReporter>().Report(_host.Device, seen!.Value with { Address = new Iova(0x102) });

        Assert.Contains("F1: nic0, STAG 0x0: 0x102 was reported, but 0x102000 faulted", _host.Violations());
    }

    [Fact]
    public void F3_sees_a_permitted_access_that_is_turned_away()
    {
        _host.HandleFaultsWith((_, fault) =>
        {
            _host.Answer(fault, PageResponseCode.Invalid);
            return Errno.None;
        });

        Assert.Equal(DmaState.Aborted, _host.Write(2));

        Assert.Equal(["F3: nic0, iova 0x102000: Invalid was answered, but dma 0x100000+0x10000 allows Write and a page is to be had"], _host.Violations());
    }

    public void Dispose() => _host.Dispose();
}
