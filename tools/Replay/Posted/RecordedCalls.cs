using System.Text.Json.Nodes;

namespace Iopf.Replay.Posted;

/// <summary>What the driver did to its surroundings during one operation, in order.</summary>
internal sealed class RecordedCalls
{
    private readonly JsonArray _calls = [];
    private readonly JsonArray _warnings = [];

    /// <summary>The last response that reached the IOMMU driver.</summary>
    public string Response { get; set; } = "none";

    /// <summary>Notes a call.</summary>
    /// <param name="entry">Its name and what belongs to it.</param>
    public void Add(params ReadOnlySpan<JsonNode?> entry) => _calls.Add((JsonNode)new JsonArray([.. entry]));

    /// <summary>Notes a warning.</summary>
    /// <param name="function">The kernel function.</param>
    /// <param name="text">What is wrong.</param>
    public void Warn(string function, string text) => _warnings.Add((JsonNode)$"{function}: {text}");

    /// <summary>Writes what was noted, and forgets it.</summary>
    /// <param name="answer">Receives the fields <c>calls</c> and <c>warn</c>.</param>
    public void MoveTo(JsonObject answer)
    {
        if (_calls.Count > 0)
        {
            answer["calls"] = _calls.DeepClone();
        }

        if (_warnings.Count > 0)
        {
            answer["warn"] = _warnings.DeepClone();
        }

        _calls.Clear();
        _warnings.Clear();
        Response = "none";
    }
}
