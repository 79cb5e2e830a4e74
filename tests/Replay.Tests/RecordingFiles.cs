using System.Runtime.CompilerServices;

namespace Iopf.Replay.Tests;

/// <summary>The recordings under tests/data.</summary>
internal static class RecordingFiles
{
    public const string Header =
        """{"format": "vfio-type1-recording/1", "kernel": "k", "iommu": "i", "device": "d", "page_size": 4096, """
        + """ "arena": [{"start": "0x0", "end": "0x1000", "prot": "rw", "populated": true}], "seed": 1}""";

    public static string Seed(int seed) =>
        Path.GetFullPath(Path.Combine(Here(), "..", "..", "data", "vfio-type1-recordings", $"seed-{seed}.jsonl"));

    public static string Posted => Path.GetFullPath(Path.Combine(Here(), "..", "..", "data", "rfc-iopf-recordings"));

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
