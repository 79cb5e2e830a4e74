using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1;

/// <summary>When are the pages of a mapping pinned and entered in the IOMMU: all at once, or on demand?</summary>
/// <remarks>
/// Kernel: <c>vfio_pin_map_dma</c>, <c>vfio_unmap_unpin</c> and the vaddr update as called from <c>vfio_dma_do_map</c>, <c>vfio_remove_dma</c> and
/// <c>vfio_iommu_unmap_unpin_all</c>. Baseline: <c>StaticPinMap</c>; patch 6 replaces it.
/// </remarks>
public interface IDmaMapPolicy
{
    /// <summary>Brings a new mapping to its full size; the container lock is held, the mapping is linked with size 0.</summary>
    /// <param name="container">The container.</param>
    /// <param name="mapping">The mapping.</param>
    /// <param name="size">The size asked for, in bytes.</param>
    /// <param name="caller">The calling process.</param>
    /// <returns>An error makes the caller remove the mapping, which withdraws what was entered so far.</returns>
    Errno Establish(Type1Container container, DmaMapping mapping, ulong size, Process caller);

    /// <summary>Takes everything of a mapping out of the IOMMU domains; the container lock is held.</summary>
    /// <param name="container">The container.</param>
    /// <param name="mapping">The mapping; it may stay (last IOMMU domain gone, mediated groups left) or be removed next.</param>
    /// <param name="isRemoval">Whether the mapping itself goes.</param>
    void Withdraw(Type1Container container, DmaMapping mapping, bool isRemoval);

    /// <summary>Gives a mapping a new vaddr after its old one was handed back; the container lock is held.</summary>
    /// <param name="container">The container.</param>
    /// <param name="mapping">The mapping, whose vaddr is invalid.</param>
    /// <param name="vaddr">The new process address.</param>
    /// <param name="caller">The calling process.</param>
    /// <returns><see cref="Errno.None"/>, or why the vaddr cannot be taken; then nothing has changed.</returns>
    Errno Rebase(Type1Container container, DmaMapping mapping, UserAddress vaddr, Process caller);
}
