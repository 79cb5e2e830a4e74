using System.Text.Json;
using Iopf.TestKit;
using NJsonSchema;

namespace Iopf.Scenarios.Tests.Views;

public sealed class JsonViewTests
{
    [Theory]
    [InlineData("first-fault")]
    [InlineData("munmap-under-dma")]
    [InlineData("nested-guest-fault")]
    [InlineData("sva-process")]
    [InlineData("mediated-device")]
    public async Task Every_line_of_jsonl_follows_its_schema(string scenario)
    {
        JsonSchema schema = await JsonSchema.FromJsonAsync(Repository.Read("docs/trace-event.schema.json"));

        Assert.All(Looks.At(scenario).As("jsonl").TrimEnd().Split('\n'), line => Assert.Empty(schema.Validate(line)));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"index":0,"virtual_ns":0,"thread":"t","subsystem":"kernel","function":"f","device":null,"iova":null,"text":""}""")]
    [InlineData("""{"index":0,"virtual_ns":0,"thread":"t","subsystem":"mm","function":"f","device":null,"iova":"12","text":""}""")]
    public async Task The_schema_of_jsonl_refuses_what_it_should(string line)
    {
        JsonSchema schema = await JsonSchema.FromJsonAsync(Repository.Read("docs/trace-event.schema.json"));

        Assert.NotEmpty(schema.Validate(line));
    }

    [Theory]
    [InlineData("first-fault")]
    [InlineData("munmap-under-dma")]
    [InlineData("nested-guest-fault")]
    [InlineData("sva-process")]
    public async Task Perfetto_view_follows_its_schema(string scenario)
    {
        JsonSchema schema = await JsonSchema.FromJsonAsync(Repository.Read("docs/chrome-trace.schema.json"));

        Assert.Empty(schema.Validate(Looks.At(scenario).As("perfetto")));
    }

    [Theory]
    [InlineData("first-fault")]
    [InlineData("nested-guest-fault")]
    public void Perfetto_has_a_track_for_every_thread_device_and_queue_and_a_flow_for_every_fault(string scenario)
    {
        Looks looks = Looks.At(scenario);
        using JsonDocument document = JsonDocument.Parse(looks.As("perfetto"));
        JsonElement[] events = [.. document.RootElement.GetProperty("traceEvents").EnumerateArray()];

        string[] tracks = [.. events.Where(e => Is(e, "name", "thread_name")).Select(e => e.GetProperty("args").GetProperty("name").GetString()!)];
        Assert.Empty(new[] { "nic0", "smmu0 command queue", "smmu0 event queue", "irq/smmu0-evtq", "iopf/nic0" }.Except(tracks));
        Assert.Equal(looks.Flows.Count, events.Count(e => Is(e, "ph", "s")));
        Assert.Equal(looks.Flows.Count, events.Count(e => Is(e, "ph", "f")));
        Assert.Equal(events.Count(e => Is(e, "ph", "b")), events.Count(e => Is(e, "ph", "e")));
    }

    [Fact]
    public void Every_flow_arrow_of_Perfetto_begins_and_ends_inside_a_bar_of_its_track()
    {
        using JsonDocument document = JsonDocument.Parse(Looks.At("nested-guest-fault").As("perfetto"));
        JsonElement[] events = [.. document.RootElement.GetProperty("traceEvents").EnumerateArray()];
        JsonElement[] bars = [.. events.Where(e => Is(e, "ph", "X"))];

        Assert.All(events.Where(e => Is(e, "cat", "fault") && !Is(e, "ph", "X")), arrow => Assert.Contains(bars, bar =>
            bar.GetProperty("tid").GetInt32() == arrow.GetProperty("tid").GetInt32()
            && bar.GetProperty("ts").GetDecimal() <= arrow.GetProperty("ts").GetDecimal()
            && arrow.GetProperty("ts").GetDecimal() < bar.GetProperty("ts").GetDecimal() + bar.GetProperty("dur").GetDecimal()));
    }

    private static bool Is(JsonElement element, string name, string value) =>
        element.TryGetProperty(name, out JsonElement found) && found.ValueKind == JsonValueKind.String && found.GetString() == value;
}
