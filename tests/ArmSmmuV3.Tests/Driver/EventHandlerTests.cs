using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Tests.Driver;

public class EventHandlerTests
{
    private const ulong Stall = 1UL << 31;
    private const ulong Privileged = 1UL << 33;
    private const ulong Instruction = 1UL << 34;
    private const ulong Read = 1UL << 35;
    private const ulong Stage2 = 1UL << 39;
    private const ulong Address = 0xABCDE678;
    private const ushort Tag = 0x1234;

    private readonly SmmuBench _bench = new();
    private readonly Device _device;

    public EventHandlerTests() => _device = _bench.AddStallingDevice();

    [Fact]
    [Trait("Fact", "T047")]
    public void Stalled_read_becomes_the_last_page_request_of_the_group_named_by_its_stall_tag()
    {
        RecordingHandler handler = _bench.Handle(_device);

        Errno result = Handle(Record(Stall | Read | Tag));

        Assert.Equal(Errno.None, result);
        IommuFault fault = Assert.Single(handler.Faults);
        Assert.Equal(
            new IommuFault(
                FaultType.PageRequest,
                FaultStage.Stage1,
                FaultReason.Unknown,
                new Iova(Address),
                FaultPermissions.Read,
                GroupId: Tag,
                Pasid: null,
                IsLastOfGroup: true,
                ResponseNeedsPasid: false),
            fault);
    }

    [Fact]
    [Trait("Fact", "T048")]
    public void Stalled_write_asks_for_write_only()
    {
        RecordingHandler handler = _bench.Handle(_device);

        Handle(Record(Stall | Tag));

        Assert.Equal(FaultPermissions.Write, Assert.Single(handler.Faults).Permissions);
    }

    [Fact]
    [Trait("Fact", "T049")]
    public void Privileged_instruction_fetch_asks_for_read_execute_and_privilege()
    {
        RecordingHandler handler = _bench.Handle(_device);

        Handle(Record(Stall | Read | Instruction | Privileged | Tag));

        Assert.Equal(
            FaultPermissions.Read | FaultPermissions.Execute | FaultPermissions.Privileged,
            Assert.Single(handler.Faults).Permissions);
    }

    [Fact]
    [Trait("Fact", "T050")]
    public void Substream_becomes_a_pasid_that_the_response_need_not_repeat()
    {
        RecordingHandler handler = _bench.Handle(_device);

        Handle(Record(Stall | Read | Tag) with { Word0 = Word0(SmmuEventType.F_TRANSLATION) | 1UL << 11 | 5UL << 12 });

        IommuFault fault = Assert.Single(handler.Faults);
        Assert.Equal(5u, fault.Pasid);
        Assert.False(fault.ResponseNeedsPasid);
    }

    [Fact]
    [Trait("Fact", "T051")]
    public void Terminated_permission_fault_is_reported_as_unrecoverable()
    {
        RecordingHandler handler = _bench.Handle(_device);

        Handle(Record(Read, SmmuEventType.F_PERMISSION));

        IommuFault fault = Assert.Single(handler.Faults);
        Assert.Equal(FaultType.Unrecoverable, fault.Type);
        Assert.Equal(6, (int)fault.Reason);
        Assert.Equal(new Iova(Address), fault.Address);
    }

    [Theory]
    [Trait("Fact", "T052")]
    [InlineData(SmmuEventType.F_TRANSLATION, 5)]
    [InlineData(SmmuEventType.F_ADDR_SIZE, 8)]
    [InlineData(SmmuEventType.F_ACCESS, 7)]
    [InlineData(SmmuEventType.F_PERMISSION, 6)]
    public void Each_translation_fault_has_its_reason(SmmuEventType type, int reason)
    {
        RecordingHandler handler = _bench.Handle(_device);

        Handle(Record(Read, type));

        Assert.Equal(reason, (int)Assert.Single(handler.Faults).Reason);
    }

    [Fact]
    [Trait("Fact", "T053")]
    public void Configuration_error_is_not_reported()
    {
        RecordingHandler handler = _bench.Handle(_device);

        Errno result = Handle(Record(0, SmmuEventType.C_BAD_STE));

        Assert.Equal(Errno.EOPNOTSUPP, result);
        Assert.Empty(handler.Faults);
    }

    [Fact]
    [Trait("Fact", "T054")]
    public void Stalled_stage_2_event_is_refused_without_a_resume_and_leaks_the_stall()
    {
        RecordingHandler handler = _bench.Handle(_device);
        uint mark = _bench.CommandMark();

        Errno result = Handle(Record(Stall | Stage2 | Read | Tag));

        Assert.Equal(Errno.EFAULT, result);
        Assert.Empty(handler.Faults);
        Assert.Empty(_bench.CommandsSince(mark));
    }

    [Fact]
    [Trait("Fact", "T055")]
    public void Event_of_an_unknown_stream_is_invalid_and_sends_no_resume()
    {
        uint mark = _bench.CommandMark();

        Errno result = Handle(Record(Stall | Read | Tag) with { Word0 = (ulong)SmmuEventType.F_TRANSLATION | 0x77UL << 32 });

        Assert.Equal(Errno.EINVAL, result);
        Assert.Empty(_bench.CommandsSince(mark));
    }

    [Fact]
    [Trait("Fact", "T056")]
    public void Stall_nobody_handles_is_aborted()
    {
        uint mark = _bench.CommandMark();

        Errno result = Handle(Record(Stall | Read | Tag));

        Assert.Equal(Errno.EINVAL, result);
        Assert.Equal([SmmuCommand.Resume(SmmuBench.StreamId, Tag, ResumeAction.Abort)], _bench.CommandsSince(mark));
        Assert.Equal(1, _bench.Kernel.Tally.ResponsesFailure);
    }

    [Fact]
    [Trait("Fact", "T057")]
    public void Stall_whose_handler_fails_is_aborted_and_no_longer_pending()
    {
        _bench.Handle(_device, Errno.ENODEV);
        uint mark = _bench.CommandMark();

        Errno result = Handle(Record(Stall | Read | Tag));

        Assert.Equal(Errno.ENODEV, result);
        Assert.Equal([SmmuCommand.Resume(SmmuBench.StreamId, Tag, ResumeAction.Abort)], _bench.CommandsSince(mark));
        Assert.Equal(0, _device.Iommu!.PendingFaultCount);
    }

    [Fact]
    [Trait("Fact", "T058")]
    public void Unrecoverable_event_nobody_handles_sends_no_resume()
    {
        uint mark = _bench.CommandMark();

        Errno result = Handle(Record(Read));

        Assert.Equal(Errno.EINVAL, result);
        Assert.Empty(_bench.CommandsSince(mark));
    }

    [Fact]
    public void Streams_mutex_is_held_while_the_handler_runs_and_free_afterwards()
    {
        bool held = false;
        CallbackHandler handler = new(() => held = _bench.Smmu.StreamsMutex.IsHeld);
        Assert.Equal(Errno.None, _bench.Handlers.Register(_device, handler, FaultReportCapabilities.Flat));

        Handle(Record(Stall | Read | Tag));

        Assert.True(held);
        Assert.False(_bench.Smmu.StreamsMutex.IsTaken);
    }

    private static ulong Word0(SmmuEventType type) => (ulong)type | (ulong)SmmuBench.StreamId << 32;

    private static EventRecord Record(ulong word1, SmmuEventType type = SmmuEventType.F_TRANSLATION) => new(Word0(type), word1, Address, 0);

    private Errno Handle(EventRecord record) => _bench.Driver.Events.Handle(_bench.Smmu, record);

    private sealed class CallbackHandler(Action action) : IDeviceFaultHandler
    {
        public Errno Handle(Device device, IommuFault fault)
        {
            action();
            return Errno.None;
        }
    }
}
