using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.TestKit;
using Iopf.TestKit.Smmu;

namespace Iopf.Tests.Machine;

public class DeviceEngineTests
{
    private const ulong Address = 0x12_3456_7000;

    private readonly SmmuBench _bench = new();
    private readonly DeviceEngine _device;

    public DeviceEngineTests() => _device = new DeviceEngine(_bench.Kernel, _bench.Memory, _bench.Smmu, SmmuBench.Sid, "nic0");

    [Fact]
    public void A_dma_across_pages_moves_each_part_to_its_own_frame()
    {
        ulong root = _bench.UseStage1();
        ulong low = MapPage(root, Address);
        ulong high = MapPage(root, Address + Page.Size);
        byte[] data = [1, 2, 3, 4];

        Assert.Equal(DmaState.Completed, _device.Write(new Iova(Address + 0xffe), data));

        Assert.Equal([1, 2], BytesAt(low + 0xffe, 2));
        Assert.Equal([3, 4], BytesAt(high, 2));
        byte[] read = new byte[4];
        Assert.Equal(DmaState.Completed, _device.Read(new Iova(Address + 0xffe), read));
        Assert.Equal(data, read);
    }

    [Fact]
    public void A_fault_that_is_answered_at_once_completes_the_dma()
    {
        ulong root = _bench.UseStage1();
        ulong frame = _bench.NewPage();
        _bench.Memory.Write(frame, [7]);
        Answer(stallTag =>
        {
            _bench.MapStage1(root, Address, frame);
            return SmmuCommand.Resume(SmmuBench.Sid, stallTag, ResumeAction.Retry);
        });
        byte[] read = new byte[1];

        Assert.Equal(DmaState.Completed, _device.Read(new Iova(Address), read));

        Assert.Equal(7, read[0]);
        Assert.Equal(0, _device.PendingCount);
    }

    [Fact]
    public void An_answer_that_aborts_ends_the_dma_and_the_rest_is_not_issued()
    {
        _bench.UseStage1();
        Answer(stallTag => SmmuCommand.Resume(SmmuBench.Sid, stallTag, ResumeAction.Abort));

        Assert.Equal(DmaState.Aborted, _device.Read(new Iova(Address), new byte[2 * Page.Size]));

        Assert.Equal(1, _bench.EventInterrupts);
    }

    [Fact]
    public void A_dma_nobody_answers_is_left_stalled_and_goes_on_once_it_is_answered()
    {
        ulong root = _bench.UseStage1();
        ulong low = _bench.NewPage();
        ulong high = MapPage(root, Address + Page.Size);
        byte[] data = [5, 6];

        Assert.Equal(DmaState.Stalled, _device.Write(new Iova(Address + 0xfff), data));
        Assert.True(_device.TryContinue(out _, out DmaState still));
        Assert.Equal(DmaState.Stalled, still);
        data[0] = 0;
        _bench.MapStage1(root, Address, low);
        _bench.Send(SmmuCommand.Resume(SmmuBench.Sid, _bench.OnlyEvent().StallTag, ResumeAction.Retry));
        Assert.True(_device.TryContinue(out _, out DmaState then));

        Assert.Equal(DmaState.Completed, then);
        Assert.Equal([5], BytesAt(low + 0xfff, 1));
        Assert.Equal([6], BytesAt(high, 1));
        Assert.False(_device.TryContinue(out _, out _));
    }

    [Fact]
    public void A_stalled_read_returns_the_data_of_the_moment_it_was_let_through()
    {
        ulong root = _bench.UseStage1();
        ulong frame = _bench.NewPage();
        _bench.Memory.Write(frame, [1]);
        _device.Read(new Iova(Address), new byte[1]);

        _bench.MapStage1(root, Address, frame);
        _bench.Send(SmmuCommand.Resume(SmmuBench.Sid, _bench.OnlyEvent().StallTag, ResumeAction.Retry));
        _bench.Memory.Write(frame, [2]);
        _device.TryContinue(out ReadOnlyMemory<byte> data, out _);

        Assert.Equal([1], data.ToArray());
    }

    [Fact]
    public void A_dma_that_needs_no_fault_allocates_nothing()
    {
        MapPage(_bench.UseStage1(), Address);
        byte[] data = new byte[64];
        _device.Write(new Iova(Address), data);
        _device.Read(new Iova(Address), data);

        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                _device.Write(new Iova(Address), data);
                _device.Read(new Iova(Address), data);
            }
        }));
    }

    [Fact]
    public void The_tap_reads_a_record_after_its_consumption()
    {
        _bench.UseStage1(stalls: false);
        EventTap tap = new(_bench.Smmu, _bench.Memory);
        ulong position = tap.Position();

        Assert.Null(tap.RecordAt(position));
        Assert.Equal(DmaState.Aborted, _device.Read(new Iova(Address), new byte[1]));
        EventRecord popped = _bench.OnlyEvent();

        Assert.Equal(popped, tap.RecordAt(position));
    }

    private ulong MapPage(ulong root, ulong iova)
    {
        ulong frame = _bench.NewPage();
        _bench.MapStage1(root, iova, frame);
        return frame;
    }

    private byte[] BytesAt(ulong physicalAddress, int count)
    {
        byte[] bytes = new byte[count];
        _bench.Memory.Read(physicalAddress, bytes);
        return bytes;
    }

    // A driver of one line: its thread answers every event with one command.
    private void Answer(Func<ushort, SmmuCommand> command)
    {
        KernelThread thread = _bench.Kernel.Scheduler.CreateThread("events", () => _bench.Send(command(_bench.OnlyEvent().StallTag)));
        _bench.Smmu.EventInterrupt += () => _bench.Kernel.Scheduler.Wake(thread);
    }
}
