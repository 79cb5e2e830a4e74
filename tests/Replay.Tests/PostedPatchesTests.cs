using Iopf.Kernel;

namespace Iopf.Replay.Tests;

/// <summary>The model with every erratum on, held against recordings of the posted patches.</summary>
public sealed class PostedPatchesTests
{
    public static TheoryData<string> Recordings =>
        [.. Directory.GetFiles(RecordingFiles.Posted, "*.jsonl").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Every_operation_is_answered_as_the_posted_patches_answered_it(string recording)
    {
        ReplayReport report = RecordingReplay.Run(Path.Combine(RecordingFiles.Posted, recording), Type1Replayers.Create);

        Assert.Null(report.FirstMismatch);
        Assert.True(report.Operations > 0);
        Assert.Equal(report.Operations, report.Matched);
    }

    [Fact]
    public void There_are_recordings_of_every_behaviour() => Assert.Equal(118, Recordings.Count);

    [Fact]
    public void A_recording_that_answers_otherwise_is_noticed_with_line_and_field()
    {
        string[] lines = File.ReadAllLines(Path.Combine(RecordingFiles.Posted, "fault-single-page.jsonl"));
        lines[8] = lines[8].Replace("[[256,1]]", "[[256,2]]", StringComparison.Ordinal);

        ReplayReport report = Run(lines);

        Assert.Equal(1, report.Mismatched);
        Assert.Equal(9, report.FirstMismatch!.Line);
        Assert.StartsWith("state=", report.FirstMismatch.Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"i":0,"op":"dance"}""", "op: expected an operation of rfc-iopf-recording/1, found \"dance\"")]
    [InlineData("""{"i":0,"op":"config","warp":1}""", "warp: expected no such field")]
    [InlineData("""{"i":0,"op":"fault","dev":"g7d1","addr":"0x0","perm":"R","grpid":1}""", "dev: expected a device that was declared before, found \"g7d1\"")]
    [InlineData("""{"i":0,"op":"enable_iopf"}""", "op: expected set_iommu before \"enable_iopf\"")]
    [InlineData("""{"i":0,"op":"attach_group","group":1}""", "op: expected set_iommu before \"attach_group\"")]
    [InlineData("""{"i":0""", "expected a line of JSON, found one that ends early")]
    public void A_line_that_cannot_be_performed_is_refused_with_its_place(string line, string complaint)
    {
        string header = File.ReadLines(Path.Combine(RecordingFiles.Posted, "fault-single-page.jsonl")).First();

        InputException refusal = Assert.Throws<InputException>(() => Run([header, line]));

        Assert.Contains(":2: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(complaint, refusal.Message, StringComparison.Ordinal);
    }

    private static ReplayReport Run(string[] lines)
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("iopf-").FullName, "recording.jsonl");
        File.WriteAllText(file, string.Join('\n', lines));
        return RecordingReplay.Run(file, Type1Replayers.Create);
    }
}
