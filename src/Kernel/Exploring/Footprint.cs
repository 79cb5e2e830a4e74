namespace Iopf.Kernel;

/// <summary>What a thread touched from one choice to the next.</summary>
internal sealed class Footprint
{
    private readonly List<(string Target, bool Writes)> _touched = [];

    public void Add(string target, bool writes)
    {
        for (int i = 0; i < _touched.Count; i++)
        {
            if (_touched[i].Target == target)
            {
                _touched[i] = (target, _touched[i].Writes || writes);
                return;
            }
        }

        _touched.Add((target, writes));
    }

    /// <summary>Whether the order of two of them can be noticed.</summary>
    public bool Conflicts(Footprint other)
    {
        foreach ((string target, bool writes) in _touched)
        {
            foreach ((string otherTarget, bool otherWrites) in other._touched)
            {
                if ((writes || otherWrites) && target == otherTarget)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
