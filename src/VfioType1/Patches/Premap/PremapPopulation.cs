namespace Iopf.VfioType1.Patches.Premap;

/// <summary>Which pages beyond the faulting one a window may hold.</summary>
public enum PremapPopulation
{
    /// <summary>Any: those that nobody touched yet are allocated for it, as in the posting (E35).</summary>
    Any,

    /// <summary>Only pages that the process has in memory already.</summary>
    Resident,
}
