using Iopf.Workloads;

namespace Iopf.Scenarios.Tests.Workloads;

public class HisiSecTestTests
{
    [Theory]
    [InlineData(1, 512)]
    [InlineData(2, 1024)]
    [InlineData(100, 1024)]
    public void With_shared_addressing_only_pages_the_cpu_left_alone_fault(int messages, long faults)
    {
        PageCountingPlatform platform = new(window: 1, sharesCpuTable: true) { QueueIsMapped = true };

        Assert.Equal(new SecTestOutcome(faults, IsFinished: true), new HisiSecTest(platform, 1 << 20).Run(messages));
    }

    [Theory]
    [InlineData(1, 518)]
    [InlineData(100, 1035)]
    [InlineData(1000, 1066)]
    public void In_a_guest_every_page_the_device_touches_faults_once(int messages, long faults)
    {
        PageCountingPlatform platform = new(window: 1, sharesCpuTable: false);

        Assert.Equal(new SecTestOutcome(faults, IsFinished: true), new HisiSecTest(platform, 1 << 20).Run(messages));
    }

    [Theory]
    [InlineData(1, 13)]
    [InlineData(2, 25)]
    public void Windows_of_512_pages_leave_six_faults_per_buffer_and_one_for_key_and_vector(int messages, long faults)
    {
        PageCountingPlatform platform = new(window: 512, sharesCpuTable: false) { QueueIsMapped = true };

        Assert.Equal(new SecTestOutcome(faults, IsFinished: true), new HisiSecTest(platform, 10 << 20).Run(messages));
    }

    [Fact]
    public void An_aborted_access_ends_the_test()
    {
        PageCountingPlatform platform = new(window: 1, sharesCpuTable: false) { Aborts = true };

        Assert.False(new HisiSecTest(platform, 1 << 20).Run(1).IsFinished);
    }

    [Fact]
    public void A_queue_pair_takes_36_pages() => Assert.Equal(36, SecQueue.BlockPages);
}
