namespace Iopf.Exploring;

/// <summary>The states that one run comes through.</summary>
/// <remarks>
/// A state is known by what happened before it and in which order, as far as anybody notices: two runs that differ only in the order of steps that do
/// not touch the same come through the same states.
/// </remarks>
internal sealed class StateTrail
{
    private readonly List<ulong> _states = [];
    private readonly Dictionary<string, (ulong Written, ulong Read)> _targets = [];
    private readonly List<ulong> _threads = [];

    /// <summary>64 bits of each, in the order of the run.</summary>
    public IReadOnlyList<ulong> States => _states;

    /// <summary>A thread did something that others notice.</summary>
    public void Touched(int thread, string target, bool isShared)
    {
        while (_threads.Count <= thread)
        {
            _threads.Add((ulong)_threads.Count);
        }

        (ulong written, ulong read) = _targets.GetValueOrDefault(target);
        ulong mine = Mix(_threads[thread] ^ Mix(written ^ Name(target)));
        if (isShared)
        {
            // The order of those that only look is not noticed.
            _targets[target] = (written, unchecked(read + Mix(mine)));
        }
        else
        {
            mine = Mix(unchecked(mine + read));
            _targets[target] = (mine, 0);
        }

        _threads[thread] = mine;
    }

    /// <summary>The run has come to a choice.</summary>
    public void Reached()
    {
        ulong state = 0;
        for (int thread = 0; thread < _threads.Count; thread++)
        {
            state = unchecked(state + Mix(_threads[thread] ^ (ulong)(thread + 1)));
        }

        _states.Add(state);
    }

    private static ulong Name(string text)
    {
        ulong hash = 14695981039346656037;
        foreach (char character in text)
        {
            hash = unchecked((hash ^ character) * 1099511628211);
        }

        return hash;
    }

    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
            value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
            return value ^ (value >> 31);
        }
    }
}
