namespace Iopf.SmmuLog;

/// <summary>Collects the values of a line by name.</summary>
internal sealed class Details : List<KeyValuePair<string, object?>>
{
    public void Add(string name, object? value) => Add(new KeyValuePair<string, object?>(name, value));

    public void AddHex(string name, ulong value) => Add(name, $"0x{value:x}");
}
