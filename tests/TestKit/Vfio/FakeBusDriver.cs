using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Vfio;

namespace Iopf.TestKit.Vfio;

/// <summary>A VFIO bus driver that counts its opens and keeps the faults it is handed.</summary>
public sealed class FakeBusDriver : IVfioDeviceOps
{
    public Errno OpenError { get; set; }

    public Errno TransferError { get; set; }

    public int OpenCount { get; private set; }

    public List<IommuFault> Faults { get; } = [];

    /// <summary>Called when the device is to be given back while it is open.</summary>
    public Action? OnRequest { get; set; }

    /// <summary>Called while a fault is being transferred.</summary>
    public Action? OnTransfer { get; set; }

    public Errno Open()
    {
        OpenCount += OpenError == Errno.None ? 1 : 0;
        return OpenError;
    }

    public void Release()
    {
        OpenCount--;
        Invariant.Hold(OpenCount >= 0, "a device is released as often as it was opened");
    }

    public Errno Transfer(Device device, IommuFault fault)
    {
        OnTransfer?.Invoke();
        if (TransferError == Errno.None)
        {
            Faults.Add(fault);
        }

        return TransferError;
    }

    public void Request() => OnRequest?.Invoke();
}
