using Iopf.Exploring;
using Iopf.Kernel;
using Iopf.Patches;
using Iopf.TestKit;

namespace Iopf.Scenarios.Tests.Exploring;

/// <summary>The order of locks over all built-in scenarios is that of baseline.md section 6, and has no cycle unless a defect makes one.</summary>
public sealed class LockOrderTests
{
    private static readonly Lazy<LockGraph> BaselineGraph = new(static () => GraphOf(PatchSet.None, ErrataSet.None));
    private static readonly Lazy<LockGraph> CorrectedGraph = new(static () => GraphOf(PatchSet.All, ErrataSet.None));
    private static readonly Lazy<LockGraph> PostedGraph = new(static () => GraphOf(PatchSet.All, ErrataSet.All));

    [Theory]
    [InlineData("container.group_lock", "vfio.iommu_drivers_lock", "iommu.lock")]
    [InlineData("container.group_lock", "iommu.lock")]
    [InlineData("iommu.lock", "iommu_group.mutex", "init_mutex", "arm_smmu_asid_lock")]
    [InlineData("iommu_group.mutex", "sva_lock")]
    [InlineData("iommu_group.mutex", "devices_lock")]
    [InlineData("iommu.lock", "mmap_lock", "vma_lock", "page_table_lock")]
    [InlineData("mmap_lock", "mmu notifier srcu")]
    [InlineData("streams_mutex", "param.lock", "fparam.lock", "cmdq")]
    [InlineData("iommu_group.mutex", "sva_lock", "iopf_queue.lock", "param.lock")]
    public void Baseline_takes_the_left_lock_first(params string[] order) => Assert.All(
        order.Zip(order.Skip(1)), static edge => Assert.Contains(edge, BaselineGraph.Value.Edges.Keys));

    [Theory]
    [InlineData("mmap_lock", "iommu.lock")]
    [InlineData("param.lock", "iommu.lock")]
    [InlineData("page_table_lock", "iommu.lock")]
    public void Baseline_never_takes_the_containers_lock_below(string held, string taken) =>
        Assert.DoesNotContain((held, taken), BaselineGraph.Value.Edges.Keys);

    [Fact]
    public void Baseline_has_no_cycle() => Assert.Empty(BaselineGraph.Value.Cycles);

    [Fact]
    public void Corrected_series_has_no_cycle() => Assert.Empty(CorrectedGraph.Value.Cycles);

    [Theory]
    [InlineData("1")]
    [InlineData("1-2")]
    [InlineData("1-3")]
    [InlineData("1-4")]
    [InlineData("1-6")]
    [InlineData("1-7")]
    public void Series_up_to_a_patch_has_no_cycle(string patches) => Assert.Empty(GraphOf(PatchSpec.Parse(patches), ErrataSet.None).Cycles);

    // The mapping of 1 TiB in idle-mapping takes most of a minute with exactly these patches.
    [Fact]
    [Trait("Suite", "Slow")]
    public void Series_up_to_patch_5_has_no_cycle() => Assert.Empty(GraphOf(PatchSpec.Parse("1-5"), ErrataSet.None).Cycles);

    [Fact]
    public void Corrected_series_takes_its_pages_lock_last_but_for_the_command_queue() => Assert.All(
        CorrectedGraph.Value.Edges.Keys.Where(static edge => edge.Held == "iommu.pages_lock"), static edge => Assert.Equal("cmdq", edge.Taken));

    [Theory]
    [InlineData("streams_mutex", "param.lock", "iommu.lock")]
    [InlineData("mmap_lock", "iommu.lock")]
    [InlineData("anon_vma", "iommu.lock")]
    [InlineData("mmu notifier srcu", "iommu.lock")]
    [InlineData("vma_lock", "iommu.lock")]
    [InlineData("iommu.lock", "mmu notifier srcu")]
    [InlineData("iommu.lock", "mmap_lock")]
    [InlineData("iommu.lock", "anon_vma")]
    [InlineData("iommu.lock", "param.lock")]
    public void Posted_series_adds_the_edges_that_the_design_names(params string[] order) => Assert.All(
        order.Zip(order.Skip(1)), static edge => Assert.Contains(edge, PostedGraph.Value.Edges.Keys));

    [Theory]
    [InlineData("param.lock", "iommu.lock")]
    [InlineData("mmap_lock", "iommu.lock")]
    [InlineData("mmu notifier srcu", "iommu.lock")]
    [InlineData("anon_vma", "iommu.lock")]
    [InlineData("vma_lock", "iommu.lock")]
    public void Posted_series_closes_a_cycle_there(string one, string other)
    {
        Assert.True(PostedGraph.Value.IsOnCycle(one, other));
        Assert.True(PostedGraph.Value.IsOnCycle(other, one));
    }

    [Fact]
    public void Each_cycle_names_the_places_of_both_acquisitions() => Assert.All(
        PostedGraph.Value.Cycles,
        static cycle => Assert.All(cycle.Split("; "), static edge => Assert.Matches(@"^.+ -> .+ \(.+ then .+\)$", edge)));

    [Fact]
    public void Texts_mark_what_is_on_a_cycle_and_pictures_draw_it_in_another_style()
    {
        LockGraph graph = PostedGraph.Value;

        Assert.Contains(LockGraphText.Lines(graph), static line => line.StartsWith("param.lock -> iommu.lock", StringComparison.Ordinal) && line.EndsWith("ON A CYCLE", StringComparison.Ordinal));
        Assert.Contains(LockGraphText.Dot(graph), static line => line.Contains("\"param.lock\" -> \"iommu.lock\"", StringComparison.Ordinal) && line.Contains("red", StringComparison.Ordinal));
        Assert.Contains("class=\"bad\"", LockGraphPicture.Draw(graph).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("class=\"bad\"", LockGraphPicture.Draw(CorrectedGraph.Value).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Picture_of_the_posted_series_leads_back_only_to_the_containers_lock() => Assert.Equal(
        ["anon_vma", "mmap_lock", "mmu notifier srcu", "param.lock", "vma_lock"],
        new LockRanks(PostedGraph.Value).Back.Select(static edge => edge.Taken == "iommu.lock" ? edge.Held : $"{edge.Held} -> {edge.Taken}").Order(StringComparer.Ordinal));

    [Fact]
    public void Pictures_in_docs_are_those_of_the_code()
    {
        Documents.AssertUpToDate("pictures/locks-corrected.svg", LockGraphPicture.Draw(CorrectedGraph.Value) + "\n");
        Documents.AssertUpToDate("pictures/locks-posted.svg", LockGraphPicture.Draw(PostedGraph.Value) + "\n");
    }

    private static LockGraph GraphOf(PatchSet patches, ErrataSet errata)
    {
        LockGraph graph = new();
        foreach (ScenarioInfo info in ScenarioFile.BuiltIn.Where(static info => info.Name != "cover-letter"))
        {
            RunRequest request = new(ScenarioFile.Load(info.Name), patches, new Dictionary<string, string>(), Seed: 0, Trace: null)
            {
                Errata = errata,
                AfterOperation = (_, host) => graph.Add(host.Kernel.Scheduler.LockOrder),
            };
            ScenarioRun.Execute(request);
        }

        return graph;
    }
}
