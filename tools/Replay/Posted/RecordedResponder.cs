using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.Replay.Posted;

/// <summary>Notes what the fault handler answers, delivered or not.</summary>
internal sealed class RecordedResponder(HostKernel kernel, RecordedCalls calls) : PageResponder(kernel, [])
{
    /// <summary>Whether it is the guest who answers, which is not noted.</summary>
    public bool IsGuest { get; set; }

    /// <inheritdoc/>
    public override Errno Respond(Device device, in PageResponse response)
    {
        Errno error = base.Respond(device, in response);
        if (!IsGuest)
        {
            calls.Add("resp", device.Name, response.GroupId, response.Code.ToString().ToUpperInvariant(), RecordedText.Of(error));
        }

        return error;
    }
}
