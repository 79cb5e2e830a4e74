using Iopf.Kernel;
using Iopf.Patches;
using Iopf.Schedulers;
using Iopf.Workloads;

namespace Iopf.Studies.Tests;

/// <summary>The test with time lines: the laws that hold whatever things cost, and what overlaps.</summary>
public sealed class TimedSecRunTests
{
    private static readonly string[] FaultCosts =
    [
        nameof(CostOptions.RecordNanoseconds), nameof(CostOptions.InterruptWakeNanoseconds), nameof(CostOptions.DecodeNanoseconds),
        nameof(CostOptions.WorkerWakeNanoseconds), nameof(CostOptions.HandlerNanoseconds), nameof(CostOptions.SharedHandlerNanoseconds),
        nameof(CostOptions.PremappedPageNanoseconds), nameof(CostOptions.ResponseNanoseconds), nameof(CostOptions.ResumeNanoseconds),
        nameof(CostOptions.RetryNanoseconds),
    ];

    [Theory]
    [InlineData("vfio-1mb", 1, 518)]
    [InlineData("vfio-1mb", 100, 1035)]
    [InlineData("vfio-10mb", 1, 13)]
    [InlineData("vfio-10mb", 100, 25)]
    [InlineData("sva-1mb", 1, 512)]
    [InlineData("sva-1mb", 100, 1024)]
    public void Engines_side_by_side_take_the_faults_that_one_message_after_another_takes(string config, int messages, long faults)
    {
        SecTiming timing = Run(config, messages);

        Assert.True(timing.IsFinished);
        Assert.Equal((faults, faults), (timing.Faults, timing.Devices.Sum(device => device.Faults)));
    }

    [Theory]
    [InlineData("vfio-1mb")]
    [InlineData("vfio-10mb")]
    [InlineData("sva-1mb")]
    public void The_time_of_a_message_alone_is_the_sum_of_its_stages(string config)
    {
        SecTiming timing = Run(config, messages: 1);

        Assert.Equal(0, timing.QueueNanoseconds);
        Assert.Equal(
            timing.ElapsedNanoseconds,
            timing.StartNanoseconds + timing.Devices[0].TransferNanoseconds + timing.Stages.TotalNanoseconds);
    }

    [Theory]
    [InlineData("vfio-1mb")]
    [InlineData("vfio-10mb")]
    [InlineData("sva-1mb")]
    public void The_time_of_messages_side_by_side_is_moving_data_and_waiting_for_pages(string config)
    {
        SecTiming timing = Run(config, messages: 100);
        EngineTimes engines = timing.Devices[0];

        Assert.Equal(100, engines.Messages);
        Assert.Equal(engines.MessageNanoseconds, engines.TransferNanoseconds + engines.StallNanoseconds + engines.SharedNanoseconds);
        Assert.True(timing.QueueNanoseconds >= 0);
    }

    [Theory]
    [InlineData("vfio-1mb", 1)]
    [InlineData("vfio-1mb", 100)]
    [InlineData("sva-1mb", 100)]
    public void Threads_and_switches_are_busy_for_as_long_as_the_stages_they_carry(string config, int messages)
    {
        SecTiming timing = Run(config, messages);
        long outside = timing.Stages.NanosecondsOf(CostStage.Record) + timing.Stages.NanosecondsOf(CostStage.Retry);

        Assert.Equal(timing.Stages.TotalNanoseconds - outside, timing.Processors.Sum(processor => processor.BusyNanoseconds));
    }

    [Theory]
    [InlineData("vfio-1mb", 100)]
    [InlineData("vfio-10mb", 2)]
    [InlineData("sva-1mb", 100)]
    public void With_faults_that_cost_nothing_the_test_takes_as_long_as_with_pinned_memory(string config, int messages)
    {
        Dictionary<string, string> free = FaultCosts.ToDictionary(name => $"Cost:{name}", _ => "0");

        SecTiming pinned = Run(config, messages, free, isStatic: true);
        SecTiming iopf = Run(config, messages, free);

        Assert.Equal(0, pinned.Faults);
        Assert.NotEqual(0, iopf.Faults);
        Assert.Equal(pinned.ElapsedNanoseconds, iopf.ElapsedNanoseconds);
    }

    [Fact]
    public void Windows_and_messages_may_have_another_length()
    {
        SecTestSetting quarter = SecTestSetting.Usual with { MessageBytes = 256 << 10 };
        TimedSecRun run = new(
            PatchSet.All, ErrataSet.All, new Dictionary<string, string> { ["Premap:Length"] = "64" }, quarter, Topology.OneDevice, isStatic: false);

        SecTiming timing = run.Execute(messages: 1);

        // 65 pages in two windows, twice; one for key and vector, one for the queue where the probe's window ended.
        Assert.Equal(775_000 / 4, timing.Devices[0].TransferNanoseconds);
        Assert.InRange(timing.Faults, 5, 7);
    }

    [Fact]
    public void One_engine_takes_one_message_after_another()
    {
        SecTiming timing = Run("vfio-1mb", 3, new() { ["Cost:Engines"] = "1" }, isStatic: true);

        Assert.Equal(timing.StartNanoseconds + (3 * 775_000), timing.ElapsedNanoseconds);
    }

    [Fact]
    public void What_two_devices_share_decides_how_long_they_take()
    {
        long containerOnly = Run("vfio-10mb", 10, topology: new(2, 1, 2)).ElapsedNanoseconds;
        long smmuOnly = Run("vfio-10mb", 10, topology: new(2, 2, 1)).ElapsedNanoseconds;
        long nothing = Run("vfio-10mb", 10, topology: new(2, 2, 2)).ElapsedNanoseconds;
        long alone = Run("vfio-10mb", 10).ElapsedNanoseconds;

        Assert.Equal(alone, nothing);
        Assert.True(nothing < smmuOnly && smmuOnly < containerOnly, $"{nothing} {smmuOnly} {containerOnly}");
    }

    [Fact]
    public void Two_event_threads_wait_for_the_lock_of_their_container_as_long_as_windows_are_mapped_under_it()
    {
        LockTimes posted = ContainerLock(Run("vfio-10mb", 2, topology: new(2, 1, 2)));
        LockTimes corrected = ContainerLock(Run("vfio-10mb", 2, topology: new(2, 1, 2), isPosted: false));

        Assert.True(posted.WaitingNanoseconds > 1_000_000, $"{posted.WaitingNanoseconds}");
        Assert.True(corrected.WaitingNanoseconds < 100_000, $"{corrected.WaitingNanoseconds}");
    }

    [Fact]
    public void With_a_cpu_for_the_worker_faults_of_shared_address_spaces_overlap()
    {
        long one = Run("sva-1mb", 20).ElapsedNanoseconds;
        long two = Run("sva-1mb", 20, new() { ["Cost:ProcessorsPerSmmu"] = "2" }).ElapsedNanoseconds;

        Assert.True(two < one * 3 / 4, $"{two} {one}");
    }

    [Fact]
    public void Pages_that_the_host_takes_away_fault_again_the_same_ones_for_the_same_seed()
    {
        Dictionary<string, string> rate = new() { ["Cost:RefaultsPerMillisecond"] = "2" };

        SecTiming first = Run("vfio-1mb", 100, rate, seed: 5);
        SecTiming again = Run("vfio-1mb", 100, rate, seed: 5);
        SecTiming other = Run("vfio-1mb", 100, rate, seed: 6);

        Assert.InRange(first.Faults, 1036, 1035 + 40);
        Assert.Equal((first.Faults, first.ElapsedNanoseconds), (again.Faults, again.ElapsedNanoseconds));
        Assert.NotEqual(first.ElapsedNanoseconds, other.ElapsedNanoseconds);
    }

    [Fact]
    public void Pages_that_the_host_moves_do_not_fault_again_where_the_device_shares_the_page_table() =>
        Assert.Equal(1024, Run("sva-1mb", 100, new() { ["Cost:RefaultsPerMillisecond"] = "2" }).Faults);

    [Fact]
    public void A_test_whose_dma_is_aborted_is_not_finished()
    {
        // Mappings are deferred, but nobody handles faults.
        TimedSecRun run = new(PatchSpec.Parse("5-6"), ErrataSet.None, new Dictionary<string, string>(), "vfio-1mb", Topology.OneDevice, isStatic: false);

        Assert.False(run.Execute(messages: 1).IsFinished);
    }

    private static LockTimes ContainerLock(SecTiming timing) =>
        timing.Locks.Single(used => used.Name.StartsWith("iommu.lock", StringComparison.Ordinal) && used.HeldNanoseconds > 0);

    private static SecTiming Run(
        string config,
        int messages,
        Dictionary<string, string>? settings = null,
        Topology? topology = null,
        bool isStatic = false,
        bool isPosted = true,
        ulong seed = 0)
    {
        ErrataSet errata = isPosted ? ErrataSet.All : ErrataSet.None;
        return new TimedSecRun(PatchSet.All, errata, settings ?? [], config, topology ?? Topology.OneDevice, isStatic).Execute(messages, seed);
    }
}
