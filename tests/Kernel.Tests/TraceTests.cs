namespace Iopf.Kernel.Tests;

public sealed class TraceTests
{
    private readonly HostKernel _kernel = new();

    [Fact]
    public void A_listener_gets_each_step_with_time_thread_and_text()
    {
        List<TraceEvent> events = [];
        _kernel.Trace.Subscribe(events.Add);
        _kernel.Clock.Advance(1_500);

        _kernel.Step(TraceLayer.Smmu, "stall", "nic", new Iova(0x1000), $"STAG 0x{18:x}");

        Assert.Equal(
            [new TraceEvent(0, 1_500, "main", TraceLayer.Smmu, "stall", "nic", new Iova(0x1000), default, "STAG 0x12")],
            events);
    }

    [Fact]
    public void Without_a_listener_no_text_is_built_and_nothing_is_allocated()
    {
        Formatted formatted = new();
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 1_000; i++)
        {
            _kernel.Step(TraceLayer.Smmu, "stall", "nic", new Iova(0x1000), $"STAG {formatted}");
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.False(formatted.WasAsked);
    }

    private sealed class Formatted
    {
        public bool WasAsked { get; private set; }

        public override string ToString()
        {
            WasAsked = true;
            return "text";
        }
    }
}
