namespace Iopf.Schedulers;

/// <summary>What a thread did to things that others notice, from one choice to the next.</summary>
internal sealed class Footprint
{
    private const TouchKinds Alone = TouchKinds.Writes | TouchKinds.Takes | TouchKinds.Gives;
    private const TouchKinds Accesses = TouchKinds.Reads | TouchKinds.Writes;
    private const TouchKinds Takings = TouchKinds.Takes | TouchKinds.TakesShared;

    private readonly List<(string Target, TouchKinds Kinds)> _touched = [];

    public void Add(string target, TouchKinds kinds)
    {
        for (int i = 0; i < _touched.Count; i++)
        {
            if (_touched[i].Target == target)
            {
                _touched[i] = (target, _touched[i].Kinds | kinds);
                return;
            }
        }

        _touched.Add((target, kinds));
    }

    /// <summary>Whether the order of two of them can be noticed.</summary>
    public bool Conflicts(Footprint other)
    {
        foreach ((string target, TouchKinds kinds) in _touched)
        {
            foreach ((string otherTarget, TouchKinds otherKinds) in other._touched)
            {
                if (((kinds | otherKinds) & Alone) != 0 && target == otherTarget)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether both want the same lock, so that either could have had it first.</summary>
    public bool CompetesWith(Footprint later) => Meets(
        later, static (one, other) => (one & Takings) != 0 && (other & Takings) != 0 && ((one | other) & TouchKinds.Takes) != 0);

    /// <summary>Whether they do something to the same that nothing orders by itself, as giving a lock back does that is taken next.</summary>
    public bool RacesWith(Footprint later) => Meets(
        later,
        static (one, other) => (((one | other) & Accesses) != 0 && ((one | other) & Alone) != 0)
            || ((one & TouchKinds.Takes) != 0 && (other & TouchKinds.Gives) != 0));

    private bool Meets(Footprint later, Func<TouchKinds, TouchKinds, bool> how)
    {
        foreach ((string target, TouchKinds kinds) in _touched)
        {
            foreach ((string otherTarget, TouchKinds otherKinds) in later._touched)
            {
                if (how(kinds, otherKinds) && target == otherTarget)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
