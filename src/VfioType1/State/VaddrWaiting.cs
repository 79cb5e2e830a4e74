using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Waits until user space gives mappings their vaddrs back.</summary>
/// <remarks>Kernel: <c>vfio_wait</c>, <c>vfio_find_dma_valid</c>, <c>vfio_wait_all_valid</c>. The container lock is held, and dropped meanwhile.</remarks>
internal static class VaddrWaiting
{
    /// <summary>Finds the mapping of an iova once its vaddr is valid.</summary>
    /// <returns>EINVAL without a mapping; EFAULT when the container was closed or the thread killed.</returns>
    public static Errno FindValid(Type1Container container, Iova iova, out DmaMapping? mapping)
    {
        while (true)
        {
            mapping = container.Mappings.Find(iova);
            if (mapping is null)
            {
                return Errno.EINVAL;
            }

            if (!mapping.IsVaddrInvalid)
            {
                return Errno.None;
            }

            Errno error = Wait(container);
            if (error != Errno.None)
            {
                return error;
            }
        }
    }

    /// <summary>Waits until every vaddr of the container is valid.</summary>
    /// <returns>EFAULT when the container was closed or the thread killed.</returns>
    public static Errno AllValid(Type1Container container)
    {
        Errno error = Errno.None;
        while (container.VaddrInvalidCount > 0 && error == Errno.None)
        {
            error = Wait(container);
        }

        return error;
    }

    private static Errno Wait(Type1Container container)
    {
        long before = container.VaddrWakes;
        WaitOutcome outcome;
        container.Lock.Unlock();
        try
        {
            outcome = container.VaddrWait.WaitKillable(() => container.VaddrWakes != before || !container.IsOpen, "vfio_wait");
        }
        finally
        {
            container.Lock.Lock("vfio_wait");
        }

        return outcome == WaitOutcome.Killed || !container.IsOpen ? Errno.EFAULT : Errno.None;
    }
}
