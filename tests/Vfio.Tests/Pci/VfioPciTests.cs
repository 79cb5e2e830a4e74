using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.Vfio.Tests.Pci;

public sealed class VfioPciTests
{
    private readonly VfioWorld _world = new();
    private readonly List<PageResponse> _answers = [];
    private readonly VfioPci _pci;
    private readonly VfioGroup _group;
    private readonly VfioDevice _file;

    public VfioPciTests()
    {
        Device device = _world.NewDevice("0000:01:00.0", _world.NewIommuGroup(1));
        _pci = new VfioPci(_world.Kernel, device, Answer, faultsMax: 2);
        Assert.True(_pci.Probe(_world.Core).IsSuccess);
        _group = _world.Core.OpenGroup(1).Value;
        VfioContainer container = _world.Core.OpenContainer();
        _group.SetContainer(_world.Caller, container);
        container.SetIommu(_world.Caller, VfioExtension.Type1Nesting);
        _file = _group.GetDeviceFd("0000:01:00.0").Value;
    }

    [Fact]
    public void Faults_are_taken_in_the_order_they_arrive_and_each_arrival_is_announced()
    {
        int announced = 0;
        _pci.GuestFaultArrived += () => announced++;

        Transfer(Request(1));
        Transfer(Request(2));

        Assert.Equal(2, announced);
        Assert.True(_pci.TryTakeGuestFault(out IommuFault first));
        Assert.True(_pci.TryTakeGuestFault(out IommuFault second));
        Assert.Equal((1u, 2u), (first.GroupId, second.GroupId));
        Assert.False(_pci.TryTakeGuestFault(out _));
    }

    [Fact]
    public void Vmm_may_take_and_answer_the_fault_from_within_the_announcement()
    {
        _pci.GuestFaultArrived += () =>
        {
            _pci.TryTakeGuestFault(out IommuFault fault);
            _pci.AnswerGuestFault(new PageResponse(fault.GroupId, null, PageResponseCode.Success));
        };

        Transfer(Request(1));

        Assert.Equal([new PageResponse(1, null, PageResponseCode.Success)], _answers);
    }

    [Fact]
    public void Full_queue_refuses_a_fault_with_EBUSY_until_one_is_answered()
    {
        Transfer(Request(1));
        Transfer(Request(2));

        Assert.Equal(Errno.EBUSY, _pci.Transfer(_pci.Device, Request(3)));
        _pci.TryTakeGuestFault(out _);
        Assert.Equal(Errno.EBUSY, _pci.Transfer(_pci.Device, Request(3)));
        _pci.AnswerGuestFault(new PageResponse(1, null, PageResponseCode.Success));
        Assert.Equal(Errno.None, _pci.Transfer(_pci.Device, Request(3)));
        Assert.Equal((2, 0), (_pci.QueuedFaultCount, _pci.UnansweredFaultCount));
    }

    [Fact]
    public void Faults_that_nobody_answers_take_room_only_until_they_are_taken()
    {
        IommuFault unrecoverable = Request(0) with { Type = FaultType.Unrecoverable };
        IommuFault partial = Request(7) with { IsLastOfGroup = false };
        Transfer(unrecoverable);
        Transfer(partial);

        _pci.TryTakeGuestFault(out _);
        _pci.TryTakeGuestFault(out _);

        Assert.Equal(0, _pci.UnansweredFaultCount);
        Assert.Equal(Errno.EINVAL, _pci.AnswerGuestFault(new PageResponse(7, null, PageResponseCode.Success)));
    }

    [Fact]
    public void Guest_answers_out_of_order_and_each_fault_once()
    {
        Transfer(Request(1));
        Transfer(Request(2));
        _pci.TryTakeGuestFault(out _);
        _pci.TryTakeGuestFault(out _);

        Assert.Equal(Errno.None, _pci.AnswerGuestFault(new PageResponse(2, null, PageResponseCode.Invalid)));
        Assert.Equal(Errno.None, _pci.AnswerGuestFault(new PageResponse(1, null, PageResponseCode.Success)));
        Assert.Equal(Errno.EINVAL, _pci.AnswerGuestFault(new PageResponse(1, null, PageResponseCode.Success)));
        Assert.Equal([2u, 1u], _answers.Select(answer => answer.GroupId));
    }

    [Fact]
    public void Guest_cannot_answer_a_fault_it_has_not_taken()
    {
        Transfer(Request(1));

        Assert.Equal(Errno.EINVAL, _pci.AnswerGuestFault(new PageResponse(1, null, PageResponseCode.Success)));
        Assert.Empty(_answers);
    }

    [Fact]
    public void Answer_of_an_unknown_version_or_code_is_refused_and_the_fault_stays_owed()
    {
        Transfer(Request(1));
        _pci.TryTakeGuestFault(out _);

        Assert.Equal(Errno.EINVAL, _pci.AnswerGuestFault(new PageResponse(1, null, PageResponseCode.Success, Version: 2)));
        Assert.Equal(Errno.EINVAL, _pci.AnswerGuestFault(new PageResponse(1, null, (PageResponseCode)3)));
        Assert.Equal(1, _pci.UnansweredFaultCount);
        Assert.Empty(_answers);
    }

    [Fact]
    public void Answer_needs_the_pasid_where_the_fault_asks_for_it()
    {
        Transfer(Request(1) with { Pasid = 5, ResponseNeedsPasid = true });
        _pci.TryTakeGuestFault(out _);

        Assert.Equal(Errno.EINVAL, _pci.AnswerGuestFault(new PageResponse(1, null, PageResponseCode.Success)));
        Assert.Equal(Errno.EINVAL, _pci.AnswerGuestFault(new PageResponse(1, 6, PageResponseCode.Success)));
        Assert.Equal(Errno.None, _pci.AnswerGuestFault(new PageResponse(1, 5, PageResponseCode.Success)));
    }

    [Fact]
    public void Last_close_answers_invalid_what_the_guest_owes_taken_or_not()
    {
        Transfer(Request(1));
        Transfer(Request(2) with { Pasid = 5, ResponseNeedsPasid = true });
        _pci.TryTakeGuestFault(out _);
        VfioDevice second = _group.GetDeviceFd("0000:01:00.0").Value;
        second.Close();
        Assert.Empty(_answers);

        _file.Close();

        Assert.Equal([new PageResponse(1, null, PageResponseCode.Invalid), new PageResponse(2, 5, PageResponseCode.Invalid)], _answers);
        Assert.Equal((0, 0), (_pci.QueuedFaultCount, _pci.UnansweredFaultCount));
    }

    [Fact]
    public void Fault_of_a_device_that_is_not_open_is_refused_with_ENODEV()
    {
        _file.Close();

        Assert.Equal(Errno.ENODEV, _pci.Transfer(_pci.Device, Request(1)));
    }

    [Fact]
    public void Device_info_tells_pci_nine_regions_and_five_interrupts()
    {
        byte[] structure = new byte[20];
        new VfioDeviceInfo(20, 0, 0, 0, 0).Write(structure);

        Errno errno = _file.Ioctl(_world.Caller, VfioIoctl.DeviceGetInfo, new UserArgument(structure, [])).Error;

        Assert.Equal(Errno.None, errno);
        Assert.True(VfioDeviceInfo.TryRead(structure, out VfioDeviceInfo info));
        Assert.Equal(new VfioDeviceInfo(20, VfioDeviceInfoBits.Pci, 9, 5, 0), info);
    }

    [Fact]
    public void Device_info_writes_no_further_than_argsz()
    {
        byte[] structure = new byte[20];
        new VfioDeviceInfo(16, 0, 0, 0, 0xabcd).Write(structure);

        Assert.True(_file.Ioctl(_world.Caller, VfioIoctl.DeviceGetInfo, new UserArgument(structure, [])).IsSuccess);
        Assert.Equal(0xcd, structure[16]);
    }

    [Fact]
    public void Device_ioctls_that_are_malformed_or_unknown_are_refused()
    {
        Assert.Equal(Errno.EFAULT, _file.Ioctl(_world.Caller, VfioIoctl.DeviceGetInfo, new UserArgument(new byte[15], [])).Error);
        Assert.Equal(Errno.EINVAL, _file.Ioctl(_world.Caller, VfioIoctl.DeviceGetInfo, new UserArgument(new byte[16], [])).Error);
        Assert.Equal(Errno.EINVAL, _file.Ioctl(_world.Caller, VfioIoctl.DeviceReset, default).Error);
        Assert.Equal(Errno.ENOTTY, _file.Ioctl(_world.Caller, VfioIoctl.IommuMapDma, default).Error);
    }

    private static IommuFault Request(uint groupId) => new(
        FaultType.PageRequest,
        FaultStage.Stage1,
        FaultReason.Unknown,
        new Iova(0x1000UL * groupId),
        FaultPermissions.Read,
        groupId,
        Pasid: null,
        IsLastOfGroup: true,
        ResponseNeedsPasid: false);

    private void Transfer(IommuFault fault) => Assert.Equal(Errno.None, _pci.Transfer(_pci.Device, fault));

    private Errno Answer(Device device, in PageResponse response)
    {
        Assert.Same(_pci.Device, device);
        _answers.Add(response);
        return Errno.None;
    }
}
