using Iopf.TestKit;

namespace Iopf.Replay.Tests;

/// <summary>The recordings under tests/data.</summary>
internal static class RecordingFiles
{
    public const string Header =
        """{"format": "vfio-type1-recording/1", "kernel": "k", "iommu": "i", "device": "d", "page_size": 4096, """
        + """ "arena": [{"start": "0x0", "end": "0x1000", "prot": "rw", "populated": true}], "seed": 1}""";

    public static string Posted => Path.Combine(Repository.Root, "tests/data/rfc-iopf-recordings");

    public static string Seed(int seed) => Path.Combine(Repository.Root, "tests/data/vfio-type1-recordings", $"seed-{seed}.jsonl");
}
