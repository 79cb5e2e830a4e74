using Iopf.Kernel;

namespace Iopf.Iommu;

/// <summary>The page requests of a device that wait for an answer, oldest first.</summary>
/// <remarks>Kernel: <c>fault_param-&gt;faults</c> under <c>fparam-&gt;lock</c>. An array that grows to its peak, so that nothing is allocated per fault.</remarks>
internal sealed class PendingFaults(HostKernel kernel, Device device)
{
    private IommuFault[] _faults = new IommuFault[16];

    /// <summary>Protects the list.</summary>
    public KernelMutex Lock { get; } = new(kernel.Scheduler, $"fparam.lock ({device.Name})", "fparam.lock");

    public int Count { get; private set; }

    public ref readonly IommuFault this[int index] => ref _faults[index];

    public void Append(in IommuFault fault)
    {
        Invariant.Hold(Lock.IsHeld, "pending faults change under their lock");
        if (Count == _faults.Length)
        {
            Array.Resize(ref _faults, 2 * Count);
        }

        _faults[Count++] = fault;
    }

    public void RemoveAt(int index)
    {
        Invariant.Hold(Lock.IsHeld, "pending faults change under their lock");
        Count--;
        Array.Copy(_faults, index + 1, _faults, index, Count - index);
    }

    /// <summary>Takes back the newest pending copy of a fault that its handler refused.</summary>
    public void Withdraw(in IommuFault fault)
    {
        using (Lock.Hold())
        {
            for (int i = Count - 1; i >= 0; i--)
            {
                if (_faults[i] == fault)
                {
                    RemoveAt(i);
                    return;
                }
            }
        }

        Invariant.Hold(false, "a handler that refuses a fault has not answered it");
    }
}
