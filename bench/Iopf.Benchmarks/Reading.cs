using BenchmarkDotNet.Attributes;
using Iopf.Patches;
using Iopf.Replay;
using Iopf.SmmuLog;

namespace Iopf.Benchmarks;

/// <summary>What is read from files: a recording of a real kernel, replayed, and the logs of real SMMUs, decoded.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class Reading : IDecodeSink
{
    // BenchmarkDotNet wants constants; what is read is held against them.
    private const int Operations = 2805;
    private const int Lines = 10_000;

    private string _recording = string.Empty;
    private string[] _lines = [];
    private int _records;

    [GlobalSetup]
    public void ReadFiles()
    {
        _recording = Repository.PathOf("tests", "data", "vfio-type1-recordings", "seed-1.jsonl");
        string[] logs = Directory.GetFiles(Repository.PathOf("tests", "data", "smmuv3-events"), "*.log");
        string[] once = [.. logs.Order(StringComparer.Ordinal).SelectMany(File.ReadAllLines)];
        _lines = [.. Enumerable.Range(0, Lines).Select(line => once[line % once.Length])];
    }

    [Benchmark(OperationsPerInvoke = Operations, Description = "replay of a recorded operation")]
    public void ReplayRecording()
    {
        ReplayReport report = RecordingReplay.Run(_recording, Type1Replayers.Create);
        if (report.Operations != Operations || report.Mismatched != 0)
        {
            throw new InvalidOperationException($"{report.Operations} operations, {report.Mismatched} mismatched");
        }
    }

    [Benchmark(OperationsPerInvoke = Lines, Description = "decoding of a line of a kernel log")]
    public void DecodeLog()
    {
        _records = 0;
        using LogDecoder decoder = new(PatchSet.All, this);
        for (int line = 0; line < _lines.Length; line++)
        {
            decoder.Line(line + 1, _lines[line]);
        }

        decoder.End();
        if (_records == 0)
        {
            throw new InvalidOperationException("no record was decoded");
        }
    }

    void IDecodeSink.Record(SmmuRecord record) => _records++;

    void IDecodeSink.Incomplete(IncompleteRecord incomplete)
    {
        // Only complete records are counted.
    }

    void IDecodeSink.Error(LogError error)
    {
        // Only complete records are counted.
    }

    void IDecodeSink.Foreign(ForeignLine foreign)
    {
        // Only complete records are counted.
    }
}
