using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>Hands out the lowest free number of a range: ASIDs, VMIDs, PASIDs.</summary>
/// <remarks>Kernel: <c>xa_alloc</c> on <c>arm_smmu_asid_xa</c>, <c>arm_smmu_bitmap_alloc</c>, <c>ioasid_alloc</c>.</remarks>
internal sealed class IdentifierPool
{
    private readonly uint _first;
    private readonly SortedSet<uint> _returned = [];
    private uint _next;

    internal IdentifierPool(uint first)
    {
        _first = first;
        _next = first;
    }

    /// <summary>Takes the lowest free number.</summary>
    /// <param name="last">The highest number the caller can use (inclusive).</param>
    /// <returns>The number; ENOSPC when every one up to <paramref name="last"/> is taken.</returns>
    internal Result<uint> Take(uint last)
    {
        if (_returned.Count > 0 && _returned.Min <= last)
        {
            uint lowest = _returned.Min;
            _returned.Remove(lowest);
            return lowest;
        }

        return _next <= last ? _next++ : Errno.ENOSPC;
    }

    /// <summary>Gives a number back.</summary>
    /// <param name="number">A number that is handed out.</param>
    internal void Return(uint number)
    {
        Invariant.Hold(number >= _first && number < _next, "only a number that was handed out is given back");
        bool added = _returned.Add(number);
        Invariant.Hold(added, "a number is given back once");
    }
}
