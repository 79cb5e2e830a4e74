namespace Iopf.VfioType1;

/// <summary>Watches what the dirty log tells user space; observes only.</summary>
public interface IDirtyLogObserver
{
    /// <summary>The log begins for a mapping.</summary>
    /// <param name="mapping">The mapping.</param>
    void Started(DmaMapping mapping);

    /// <summary>Pages are marked: a vendor driver wrote them by CPU, or who may have written them is gone.</summary>
    /// <param name="mapping">The mapping.</param>
    /// <param name="page">The number of the first page in the mapping.</param>
    /// <param name="count">How many.</param>
    void Written(DmaMapping mapping, ulong page, ulong count);

    /// <summary>The log of a mapping is copied to user space.</summary>
    /// <param name="container">The container.</param>
    /// <param name="mapping">The mapping.</param>
    /// <param name="isWhole">Whether every page is reported because somebody may write anywhere.</param>
    void Reported(Type1Container container, DmaMapping mapping, bool isWhole);
}
