using Iopf.Density;

namespace Iopf.Studies.Tests.Density;

public sealed class ConservationTests
{
    public static TheoryData<string> Policies => ["static", "iopf-1", "iopf-8", "iopf-512", "viommu", "coiommu", "npf"];

    [Theory]
    [MemberData(nameof(Policies))]
    public void What_was_obtained_and_not_reclaimed_is_resident_and_what_was_mapped_and_not_unmapped_is_mapped(string policy)
    {
        DensitySpec spec = Hosts.Small();

        DensityRun run = spec.Run(policy, 14);

        Assert.Equal(run.Resident, run.AllCounts.Obtained - run.AllCounts.Reclaimed);
        Assert.Equal(run.Mapped, run.AllCounts.Mapped - run.AllCounts.Unmapped);
        Assert.InRange(run.Resident, Math.Max(run.Pinned, run.Mapped), spec.GuestFrames);
        Assert.Equal(policy != "static", run.AllCounts.Reclaimed > 0);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Stages_of_all_messages_are_their_times(string policy)
    {
        DensityRun run = Hosts.Small().Run(policy, 3);

        Assert.True(run.Messages > 0);
        Assert.Equal(run.Latencies.Sum(), run.Stages.Total);
    }

    [Theory]
    [InlineData("iopf-1")]
    [InlineData("iopf-512")]
    public void Faults_that_cost_nothing_change_nothing_as_long_as_all_fits(string policy)
    {
        DensityRun pinned = Hosts.Small().WithoutCosts().Run("static", 4);
        DensityRun faulting = Hosts.Small().WithoutCosts().Run(policy, 4);

        Assert.True(faulting.AllCounts.Faults > 0);
        Assert.Equal((pinned.Admitted, pinned.Messages, pinned.Throughput), (faulting.Admitted, faulting.Messages, faulting.Throughput));
        Assert.Equal(pinned.Latencies, faulting.Latencies);
        Assert.Equal(pinned.StartNanoseconds, faulting.StartNanoseconds);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void More_memory_never_lowers_throughput(string policy)
    {
        double[] throughputs = [.. new[] { 280, 360, 600, 1_800 }.Select(memory => Hosts.Small(memory).Run(policy, 16).Throughput)];

        // What is measured begins when the last guest is up: a message more or less of each guest falls into it.
        Assert.All(throughputs.Zip(throughputs.Skip(1)), pair => Assert.True(pair.Second >= pair.First * 0.98, string.Join(' ', throughputs)));
        Assert.True(throughputs[^1] > throughputs[0] * 1.05, string.Join(' ', throughputs));
    }

    [Fact]
    public void A_run_is_decided_by_its_seed()
    {
        DensitySpec spec = Hosts.Small();

        DensityRun once = spec.Run("iopf-8", 12);
        DensityRun again = spec.Run("iopf-8", 12);
        DensityRun other = (spec with { Seed = 1 }).Run("iopf-8", 12);

        Assert.Equal((once.Messages, once.Stages, once.AllCounts, once.StartNanoseconds), (again.Messages, again.Stages, again.AllCounts, again.StartNanoseconds));
        Assert.Equal(once.Samples, again.Samples);
        Assert.NotEqual(once.AllCounts, other.AllCounts);
    }
}
