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

    [Fact]
    public void A_follower_that_does_not_read_the_text_does_not_pay_for_it()
    {
        Formatted formatted = new();
        int seen = 0;
        _kernel.Trace.Follow((in step) => seen += step.Function.Length);
        Step(formatted);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 1_000; i++)
        {
            Step(formatted);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.False(formatted.WasAsked);
        Assert.Equal(5_005, seen);

        void Step(Formatted unread) =>
            _kernel.Step(TraceLayer.Smmu, "stall", "nic", new Iova(0x1000), $"STAG {18} of {unread} at {new Iova(0x2000)}, {TraceLayer.Mm}");
    }

    [Fact]
    public void The_text_of_a_step_is_that_of_the_same_interpolated_string()
    {
        string? none = null;
        uint? tag = 7;
        (ulong, ulong, ulong) tooLargeForBits = (1, 2, 3);
        List<string> texts = [];
        _kernel.Trace.Follow((in step) => texts.Add($"{step.Text} {step.Text.Length} {step.Point.Kind}"));

        _kernel.Step(TraceLayer.Mm, "f", "", null, $"");
        _kernel.Step(TraceLayer.Mm, "f", "", null, $"{none}{tag:x} {-1L} {0xabcUL:x8} {TraceLayer.Mm} {new Iova(0x30)} {true} {tooLargeForBits} {1.5m} {'c'}");
        _kernel.Step(TraceLayer.Mm, "f", "", null, $"{1}{2}{3}{4}{5}{6}{7}{8}{9}{10}{11}{12}{13}{14}{15}{16}{17}{18}{19}{20}");

        string mixed = $"{none}{tag:x} {-1L} {0xabcUL:x8} {TraceLayer.Mm} {new Iova(0x30)} {true} {tooLargeForBits} {1.5m} {'c'}";
        Assert.Equal([" 0 None", $"{mixed} {mixed.Length} None", "1234567891011121314151617181920 31 None"], texts);
    }

    [Fact]
    public void A_follower_that_makes_a_step_breaks_a_promise_instead_of_others_texts()
    {
        _kernel.Trace.Follow((in _) => _kernel.Step(TraceLayer.Mm, "g", "", null, $"inner"));

        InvariantViolationException broken = Assert.Throws<InvariantViolationException>(() => _kernel.Step(TraceLayer.Mm, "f", "", null, $"outer"));

        Assert.Contains("who follows the trace makes no step", broken.Message, StringComparison.Ordinal);
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
