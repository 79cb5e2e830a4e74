using Iopf.Density;
using Iopf.Kernel;

namespace Iopf.Studies.Tests.Density;

public sealed class DensityRunTests
{
    [Theory]
    [InlineData(3, 3)]
    [InlineData(4, 4)]
    [InlineData(9, 4)]
    public void Static_pinning_admits_what_memory_holds_as_a_whole(int asked, int admitted)
    {
        DensityRun run = Hosts.Small().Run("static", asked);

        Assert.Equal((admitted, admitted * 128 * 256L), (run.Admitted, run.Pinned));
        Assert.Equal(0, run.AllCounts.Faults);
    }

    [Fact]
    public void A_host_that_holds_no_guest_runs_none()
    {
        DensityRun run = Hosts.Small(100).Run("static", 2);

        Assert.Equal((0, 0.0, 0L), (run.Admitted, run.Throughput, run.StartNanoseconds));
    }

    [Fact]
    public void A_host_whose_guests_compute_while_it_is_measured_transfers_nothing()
    {
        DensitySpec spec = Hosts.Small();
        spec.Options.ThinkMicroseconds = 10_000_000;

        DensityRun run = spec.Run("iopf-8", 1);

        Assert.Equal((0L, 0.0, 0.0, new PageCounts()), (run.Messages, run.Throughput, run.BusiestEventThread, run.Counts));
        Assert.True(run.AllCounts.Faults > 0 && run.StartNanoseconds > 0);
    }

    [Fact]
    public void Start_up_of_a_pinned_guest_grows_with_its_memory_and_that_of_a_faulting_one_does_not()
    {
        DensitySpec small = Hosts.Small(4096);
        DensitySpec large = small with { GuestMebibytes = 1024 };

        Assert.InRange(large.Run("static", 2).StartNanoseconds / (double)small.Run("static", 2).StartNanoseconds, 7, 9);
        Assert.Equal(small.Run("iopf-8", 2).StartNanoseconds, large.Run("iopf-8", 2).StartNanoseconds);
    }

    [Theory]
    [InlineData(4_096, 2)]
    [InlineData(8_176, 2)]
    [InlineData(8_190, 3)]
    [InlineData(1_048_576, 257)]
    public void A_buffer_has_the_pages_that_the_header_and_the_message_lie_on(int messageBytes, int pages)
    {
        DensitySpec spec = Hosts.Small();
        spec.Options.MessageBytes = messageBytes;

        Assert.Equal(pages * 2, new GuestLayout(spec, spec.Options).MessagePages);
    }

    [Fact]
    public void A_longer_window_faults_less_and_holds_more()
    {
        DensityRun[] runs = [.. new[] { "iopf-1", "iopf-8", "iopf-512" }.Select(policy => Hosts.Small(1024).Run(policy, 3))];

        Assert.All(runs.Zip(runs.Skip(1)), pair => Assert.True(pair.First.AllCounts.Faults > pair.Second.AllCounts.Faults && pair.First.Resident < pair.Second.Resident));
    }

    [Fact]
    public void Reclaim_that_learns_of_a_devices_accesses_leaves_it_its_buffers()
    {
        DensitySpec seen = Hosts.Small();
        seen.Options.DeviceAccessesAge = true;

        DensityRun blind = Hosts.Small().Run("iopf-64", 16);
        DensityRun sighted = seen.Run("iopf-64", 16);

        Assert.True(sighted.Counts.Refaults < blind.Counts.Refaults / 2, $"{sighted.Counts.Refaults} {blind.Counts.Refaults}");
        Assert.True(sighted.Throughput > blind.Throughput * 1.5, $"{sighted.Throughput} {blind.Throughput}");
    }

    [Fact]
    public void Memory_that_a_cooperating_guest_no_longer_uses_is_unpinned_at_the_next_look()
    {
        DensitySpec often = Hosts.Small(1024);
        often.Options.UnpinIntervalMilliseconds = 30;

        DensityRun rarely = Hosts.Small(1024).Run("coiommu", 4);

        Assert.True(often.Run("coiommu", 4).Pinned < rarely.Pinned);
        Assert.Equal(4L * 3 * 2 * 257, rarely.Pinned);
    }

    [Fact]
    public void A_guest_that_is_admitted_has_room_for_what_it_pins_however_scattered_that_is()
    {
        DensitySpec spec = Hosts.Small();
        (spec.Options.DmaMebibytes, spec.Options.RunPages, spec.Options.CpuTouchesPayload) = (4, 1, true);

        DensityRun run = spec.Run("coiommu", 24);

        Assert.Equal((24, 24L * 2 * 257), (run.Admitted, run.Pinned));
        Assert.True(run.Counts.Reclaimed > 0 && run.Resident <= spec.GuestFrames);
    }

    [Fact]
    public void A_handler_in_the_event_thread_keeps_other_guests_faults_waiting()
    {
        DensitySpec posted = Hosts.Small();
        posted.Options.HandlerInEventThread = true;

        DensityRun inWorkers = Hosts.Small().Run("iopf-64", 16);
        DensityRun inThread = posted.Run("iopf-64", 16);

        Assert.True(inWorkers.BusiestEventThread < 0.1 && inThread.BusiestEventThread > 0.5, $"{inWorkers.BusiestEventThread} {inThread.BusiestEventThread}");
    }

    [Fact]
    public void Guests_that_start_one_after_another_take_memory_one_after_another()
    {
        DensitySpec spec = Hosts.Small(1024);
        spec.Options.StartIntervalMilliseconds = 200;

        DensityRun run = spec.Run("static", 5);

        Assert.Equal([0, 1, 1, 2, 2, 3, 3, 4, 4, 5], run.Samples.Take(10).Select(sample => sample.Guests));
        Assert.All(run.Samples.Skip(1), sample => Assert.Equal(sample.Guests * 128 * 256L, sample.Resident));
    }

    [Fact]
    public void The_last_of_many_guests_starts_last_however_long_that_takes()
    {
        DensityOptions options = new() { StartIntervalMilliseconds = 1_000_000 };

        Assert.Equal(2_199 * 1_000_000_000_000, DensitySimulation.StartsAt(2_199, options));
    }

    [Fact]
    public void A_length_of_the_callers_own_decides_each_fault_of_its_guest()
    {
        DensitySpec spec = Hosts.Small();

        DensityRun eight = DensityRun.Of(spec, DensityPolicy.MappedOnFault("mine", () => new Length(_ => 8)), 3);
        DensityRun known = spec.Run("iopf-8", 3);

        Assert.Equal(known.AllCounts, eight.AllCounts);
        Assert.Equal(known.Latencies, eight.Latencies);
    }

    [Fact]
    public void A_length_is_told_whether_reclaim_took_the_page()
    {
        HashSet<bool> told = [];

        DensityRun.Of(Hosts.Small(), DensityPolicy.MappedOnFault("mine", () => new Length(wasInvalidated =>
        {
            told.Add(wasInvalidated);
            return 1;
        })), 20);

        Assert.Equal([false, true], told.Order());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_048_577)]
    public void A_length_that_is_none_ends_the_run(int length) =>
        Assert.Throws<InvariantViolationException>(() => DensityRun.Of(Hosts.Small(), DensityPolicy.MappedOnFault("mine", () => new Length(_ => length)), 1));

    private sealed class Length(Func<bool, int> answer) : IPremapLength
    {
        public int Next(int page, bool wasInvalidated) => answer(wasInvalidated);
    }
}
