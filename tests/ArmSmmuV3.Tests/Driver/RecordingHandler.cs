using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Tests.Driver;

/// <summary>A fault handler that keeps what it is given and returns what it is told to.</summary>
internal sealed class RecordingHandler(Errno result = Errno.None) : IDeviceFaultHandler
{
    public List<IommuFault> Faults { get; } = new(64);

    public Errno Handle(Device device, IommuFault fault)
    {
        Faults.Add(fault);
        return result;
    }
}
