using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Vfio;

namespace Iopf.Testing;

/// <summary>A VFIO bus driver that counts its opens and keeps the faults it is handed.</summary>
/// <remarks>One that is released more often than it was opened is an <see cref="InvariantViolationException"/>.</remarks>
public sealed class FakeBusDriver : IVfioDeviceOps
{
    /// <summary>What opening the device fails with; <see cref="Errno.None"/> unless set.</summary>
    public Errno OpenError { get; set; }

    /// <summary>What taking a fault over fails with; <see cref="Errno.None"/> unless set.</summary>
    public Errno TransferError { get; set; }

    /// <summary>How many opens were not released yet.</summary>
    public int OpenCount { get; private set; }

    /// <summary>The faults it took over, oldest first.</summary>
    public List<IommuFault> Faults { get; } = [];

    /// <summary>Called when the device is to be given back while it is open.</summary>
    public Action? OnRequest { get; set; }

    /// <summary>Called while a fault is being transferred.</summary>
    public Action? OnTransfer { get; set; }

    /// <inheritdoc/>
    public Errno Open()
    {
        OpenCount += OpenError == Errno.None ? 1 : 0;
        return OpenError;
    }

    /// <inheritdoc/>
    public void Release()
    {
        OpenCount--;
        Invariant.Hold(OpenCount >= 0, "a device is released as often as it was opened");
    }

    /// <inheritdoc/>
    public Errno Transfer(Device device, IommuFault fault)
    {
        OnTransfer?.Invoke();
        if (TransferError == Errno.None)
        {
            Faults.Add(fault);
        }

        return TransferError;
    }

    /// <inheritdoc/>
    public void Request() => OnRequest?.Invoke();
}
