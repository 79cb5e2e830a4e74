namespace Iopf.Schedulers;

/// <summary>Numbers drawn from a seed: the same seed, the same numbers, on every machine.</summary>
/// <remarks>SplitMix64 (Steele, Lea, Flood 2014).</remarks>
/// <param name="seed">The seed.</param>
public struct Lots(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Draws a number.</summary>
    /// <returns>Any 64 bits.</returns>
    public ulong Draw()
    {
        _state += 0x9e3779b97f4a7c15;
        ulong mixed = (_state ^ (_state >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>Draws a number below a bound.</summary>
    /// <param name="bound">The bound; at least 1.</param>
    /// <returns>From 0 to one below the bound.</returns>
    public int Below(int bound) => (int)(Draw() % (ulong)bound);
}
