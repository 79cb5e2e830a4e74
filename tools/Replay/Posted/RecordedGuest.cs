using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Vfio;

namespace Iopf.Replay.Posted;

/// <summary>The guest behind the recorder's nested devices: it takes faults, and answers when the recording says so.</summary>
internal sealed class RecordedGuest(RecordedKnobs knobs, RecordedCalls calls) : IGuestFaultDelivery
{
    /// <inheritdoc/>
    public Errno Deliver(Device device, IommuFault fault)
    {
        if (knobs.IsTransferMissing)
        {
            return Errno.EOPNOTSUPP;
        }

        string type = fault.Type == FaultType.PageRequest ? "page_req" : "unrecov";
        calls.Add("transfer", device.Name, type, $"0x{fault.Address.Value:x}");
        return knobs.TransferResult;
    }
}
