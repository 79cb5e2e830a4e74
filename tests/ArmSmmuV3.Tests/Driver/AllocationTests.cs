using Iopf.ArmSmmuV3.Driver;
using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.TestKit;

namespace Iopf.ArmSmmuV3.Tests.Driver;

/// <summary>The ways a fault and an unmap take through the driver cost no memory once they are warm.</summary>
public class AllocationTests
{
    private const ulong Address = 0x7000;

    private readonly SmmuBench _bench = new();
    private readonly Device _device;
    private readonly ArmSmmuDomain _domain;
    private readonly ulong _page;

    public AllocationTests()
    {
        _device = _bench.AddStallingDevice();
        _domain = _bench.Attach(_device);
        _page = _bench.NewPage();
    }

    [Fact]
    public void Map_and_unmap_allocate_nothing() => AssertAllocatesNothing(MapAndUnmap);

    [Fact]
    public void Stall_report_and_answer_allocate_nothing()
    {
        Assert.Equal(Errno.None, _bench.Handlers.Register(_device, new Answering(this), FaultReportCapabilities.Flat));
        QuietEngine engine = new();
        AssertAllocatesNothing(() =>
        {
            _bench.Hardware.Translate(new DmaRequest(SmmuBench.StreamId, null, new Iova(Address), false), engine, 1, out _);
            _bench.Run();
            _domain.Unmap(new Iova(Address), Page.Size);
        });
        Assert.True(engine.Completions > 100);
    }

    private static void AssertAllocatesNothing(Action step)
    {
        for (int i = 0; i < 100; i++)
        {
            step();
        }

        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                step();
            }
        }));
    }

    private void MapAndUnmap()
    {
        _domain.Map(new Iova(Address), _page, Page.Size, IommuProt.Read);
        _domain.Unmap(new Iova(Address), Page.Size);
    }

    private sealed class Answering(AllocationTests test) : IDeviceFaultHandler
    {
        private readonly PageResponder _responder = test._bench.Responder;

        public Errno Handle(Device device, IommuFault fault)
        {
            test._domain.Map(fault.Address.PageStart, test._page, Page.Size, IommuProt.Read);
            return _responder.Respond(device, new PageResponse(fault.GroupId, null, PageResponseCode.Success));
        }
    }

    private sealed class QuietEngine : IBusMaster
    {
        public int Completions { get; private set; }

        public void Completed(int transaction, ulong physicalAddress) => Completions++;

        public void Aborted(int transaction)
        {
        }
    }
}
