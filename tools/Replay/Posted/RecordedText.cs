using System.Text.Json.Nodes;
using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.Replay.Posted;

/// <summary>How the recorder writes results and rights.</summary>
internal static class RecordedText
{
    /// <summary>A result: 0, or the error's name with a minus sign.</summary>
    public static JsonNode Of(Errno error) => error == Errno.None ? 0 : (JsonNode)$"-{error}";

    /// <summary>What a translation or a mapping grants.</summary>
    public static string Of(IommuProt prot) =>
        ((prot & IommuProt.Read) != 0 ? "R" : "") + ((prot & IommuProt.Write) != 0 ? "W" : "") + ((prot & IommuProt.Cache) != 0 ? "C" : "");

    /// <summary>What a process may do.</summary>
    public static string Of(MemoryAccess access) =>
        ((access & MemoryAccess.Read) != 0 ? "R" : "") + ((access & MemoryAccess.Write) != 0 ? "W" : "");

    /// <summary>The rights that a field <c>prot</c> names.</summary>
    public static MemoryAccess AccessIn(RecordingFields inputs)
    {
        string letters = inputs.Text("prot");
        return (letters.Contains('R', StringComparison.Ordinal) ? MemoryAccess.Read : MemoryAccess.None)
            | (letters.Contains('W', StringComparison.Ordinal) ? MemoryAccess.Write : MemoryAccess.None);
    }

    /// <summary>A number that may be left out.</summary>
    public static ulong Number(RecordingFields inputs, string name, ulong absent) => inputs.Has(name) ? inputs.Number(name) : absent;
}
