using Iopf.Kernel;

namespace Iopf.Replay.Tests;

public sealed class RecordingReaderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_recordings_of_the_real_kernel_are_read_to_the_end(int seed)
    {
        string file = RecordingFiles.Seed(seed);
        using RecordingReader reader = RecordingReader.Open(file);

        int count = reader.Operations().Count();

        Assert.Equal(File.ReadLines(file).Count() - 1, count);
        Assert.Equal((ulong)seed, reader.Header.Seed);
        Assert.Equal(4096UL, reader.Header.PageSize);
        Assert.Equal(
            [ArenaAccess.ReadWrite, ArenaAccess.Read, ArenaAccess.None, ArenaAccess.ReadWrite],
            reader.Header.Arena.Select(part => part.Access));
    }

    [Fact]
    public void Operations_carry_typed_inputs_and_the_recorded_answer()
    {
        RecordedOperation[] operations = Read(
            """{"op": "map", "iova": "0x1000", "size": 8192, "vaddr": "0x3000", "flags": 3, "result": "EEXIST"}""",
            """{"op": "unmap", "iova": "0x1000", "size": "0x2000", "flags": 0, "result": "0", "unmapped": "0x2000"}""",
            """{"op": "dma", "iova": "0x10", "len": 4, "dir": "write", "data": "unchanged", "events": 1, """
            + "\"event\": [\"0x10\", \"0x0\", \"0x10\", \"0x0\"]}",
            """{"op": "api_version", "value": -22}""");

        MapCall map = Assert.IsType<MapCall>(operations[0]);
        Assert.Equal((0x1000UL, 8192UL, 0x3000UL, 3U), (map.Iova, map.Size, map.ArenaOffset, map.Flags));
        Assert.Equal("map iova=0x1000 size=0x2000 vaddr=0x3000 flags=3", map.ToString());
        Assert.Equal("result=EEXIST", map.Answer.ToString());
        Assert.Equal("result=0 unmapped=0x2000", operations[1].Answer.ToString());
        Assert.True(Assert.IsType<DmaCall>(operations[2]).IsWrite);
        Assert.StartsWith("data=unchanged events=1 event=0x0000000000000010 ", operations[2].Answer.ToString(), StringComparison.Ordinal);
        Assert.Equal("value=-22", operations[3].Answer.ToString());
        Assert.Equal([2, 3, 4, 5], operations.Select(operation => operation.Line));
    }

    [Fact]
    public void Usable_ranges_are_numbered_within_their_list()
    {
        const string Range = """{"op": "iova_range", "start": "0x0", "end": "0x1"}""";

        RecordedOperation[] operations = Read(Range, Range, """{"op": "ioctl_118", "result": "ENOTTY"}""", Range);

        Assert.Equal([0, 1, 0], operations.OfType<IovaRangeQuery>().Select(range => range.Index));
    }

    [Theory]
    [InlineData("""{"op": "fly"}""", "op: expected an operation of vfio-type1-recording/1, found \"fly\"")]
    [InlineData("""{"value": 0}""", "op: expected a text, found nothing")]
    [InlineData("""{"op": 5}""", "op: expected a text, found 5")]
    [InlineData("""{"op": "api_version"}""", "value: expected an integer or a hex string, found nothing")]
    [InlineData("""{"op": "api_version", "value": 1.5}""", "value: expected an integer or a hex string, found 1.5")]
    [InlineData("""{"op": "api_version", "value": 1, "more": 2}""", "more: expected no such field; known here: op, value")]
    [InlineData("""{"op": "api_version", "value": 1, "value": 1}""", "value: expected once, found twice")]
    [InlineData("""{"op": "group_status", "flags": "1"}""", "flags: expected a hex string or an integer, found \"1\"")]
    [InlineData("""{"op": "group_status", "flags": "0x"}""", "flags: expected a hex string or an integer, found \"0x\"")]
    [InlineData("""{"op": "group_status", "flags": -1}""", "flags: expected a hex string or an integer, found -1")]
    [InlineData("""{"op": "check_extension", "ext": "0x80000000", "value": 0}""", "ext: expected a hex string or an integer up to 2147483647, found \"0x80000000\"")]
    [InlineData("""{"op": "ioctl_118", "result": "EWHAT"}""", "result: expected \"0\" or the name of an errno, found \"EWHAT\"")]
    [InlineData("""{"op": "ioctl_118", "result": 0}""", "result: expected \"0\" or the name of an errno, found 0")]
    [InlineData("""{"op": "ioctl_118", "result": "12"}""", "result: expected \"0\" or the name of an errno, found \"12\"")]
    [InlineData("""{"op": "dma", "iova": 1, "len": 4, "dir": "up", "data": "read", "events": 0, "event": null}""", "dir: expected one of read, write, found \"up\"")]
    [InlineData("""{"op": "dma", "iova": 1, "len": 4, "dir": "read", "data": "read", "events": 1, "event": ["0x1"]}""", "event: expected null or four hex strings, found [\"0x1\"]")]
    [InlineData("""{"op": "dma", "iova": 1, "len": 1073741828, "dir": "read", "data": "read", "events": 0, "event": null}""", "len: expected a hex string or an integer up to 16777216, found 1073741828")]
    [InlineData("[]", "expected an object, found []")]
    [InlineData("", "expected a line of JSON, found something else")]
    [InlineData("{nonsense}", "expected a line of JSON, found something else")]
    public void A_malformed_line_is_refused_with_its_place_and_the_expected_form(string line, string complaint)
    {
        InputException refusal = Assert.Throws<InputException>(() => Read(line));

        Assert.Equal($"r.jsonl:2: {complaint}", refusal.Message);
    }

    [Theory]
    [InlineData("", "r.jsonl:1: format: expected \"vfio-type1-recording/1\", found an empty file")]
    [InlineData("{\"op\": \"api_version\"}\n", "r.jsonl:1: format: expected a text, found nothing")]
    [InlineData("{\"format\": \"other-recording/1\"}\n", "r.jsonl:1: format: format 'other-recording/1' is not supported by this version; expected vfio-type1-recording/1 or rfc-iopf-recording/1")]
    [InlineData("{\"format\": \"vfio-ty", "r.jsonl:1: expected a line of JSON, found one that ends early (is the file truncated?)")]
    [InlineData("""{"format":"\ud800"}""", "r.jsonl:1: expected a line of JSON, found one that ends early (is the file truncated?)")]
    [InlineData("""{"\ud800":1}""" + "\n", "r.jsonl:1: expected a line of JSON, found something else")]
    [InlineData("\0ELF", "r.jsonl:1: expected a line of JSON, found binary data")]
    public void A_file_without_a_proper_header_is_refused(string text, string complaint)
    {
        InputException refusal = Assert.Throws<InputException>(() => RecordingReader.Read("r.jsonl", new StringReader(text)));

        Assert.Equal(complaint, refusal.Message);
    }

    [Fact]
    public void A_malformed_part_of_the_arena_is_named()
    {
        string header = RecordingFiles.Header.Replace("\"rw\"", "\"rwx\"", StringComparison.Ordinal);

        InputException refusal = Assert.Throws<InputException>(() => RecordingReader.Read("r.jsonl", new StringReader(header)));

        Assert.Equal("r.jsonl:1: arena[0].prot: expected one of rw, r, none, found \"rwx\"", refusal.Message);
    }

    [Theory]
    [InlineData("0x4", "0x2000", "0x2000", "0x3000", "r.jsonl:1: arena[0].start: expected offsets that are multiples of 0x1000")]
    [InlineData("0x0", "0x2000", "0x1000", "0x3000", "r.jsonl:1: arena[1].start: expected an offset from 0x2000 on, where the part before ends")]
    [InlineData("0x0", "0x8000000000000000", "0x1000", "0x3000", "r.jsonl:1: arena[0].end: expected an offset up to 0x40000000")]
    public void Parts_of_the_arena_are_whole_pages_in_order(string start0, string end0, string start1, string end1, string complaint)
    {
        string header =
            $$"""
            {"format": "vfio-type1-recording/1", "kernel": "k", "iommu": "i", "device": "d", "page_size": 4096, "seed": 1, "arena": [{"start": "{{start0}}",
            """
            + $$"""
             "end": "{{end0}}", "prot": "rw", "populated": true}, {"start": "{{start1}}", "end": "{{end1}}", "prot": "rw", "populated": true}]}
            """;

        InputException refusal = Assert.Throws<InputException>(() => RecordingReader.Read("r.jsonl", new StringReader(header)));

        Assert.Equal(complaint, refusal.Message);
    }

    [Fact]
    public void A_truncated_last_line_is_named_as_such()
    {
        using RecordingReader reader = RecordingReader.Read("r.jsonl", new StringReader(RecordingFiles.Header + "\n{\"op\": \"api_ver"));

        InputException refusal = Assert.Throws<InputException>(() => reader.Operations().Count());

        Assert.Equal("r.jsonl:2: expected a line of JSON, found one that ends early (is the file truncated?)", refusal.Message);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        string file = Path.GetTempFileName();
        File.WriteAllBytes(file, [0x7b, 0xff, 0xfe, 0x80]);

        InputException refusal = Assert.Throws<InputException>(() => RecordingReader.Open(file));

        Assert.Equal($"{file}:1: expected a line of JSON, found binary data", refusal.Message);
        File.Delete(file);
    }

    [Fact]
    public void An_endless_line_is_refused_before_memory_runs_out()
    {
        InputException refusal = Assert.Throws<InputException>(
            () => RecordingReader.Read("r.jsonl", new StringReader(new string('x', 2_000_000))));

        Assert.StartsWith("r.jsonl:1: expected a line of at most ", refusal.Message, StringComparison.Ordinal);
    }

    private static RecordedOperation[] Read(params string[] lines)
    {
        string text = string.Join('\n', [RecordingFiles.Header, .. lines]) + "\n";
        using RecordingReader reader = RecordingReader.Read("r.jsonl", new StringReader(text));
        return [.. reader.Operations()];
    }
}
