using Iopf.Kernel;

namespace Iopf.Iommu;

/// <summary>Passes answers to page requests on to the IOMMU driver.</summary>
/// <param name="kernel">Counters and trace.</param>
/// <param name="observers">Who watches.</param>
public class PageResponder(HostKernel kernel, IEnumerable<IFaultObserver> observers)
{
    private readonly IFaultObserver[] _observers = [.. observers];

    /// <summary>Answers the oldest pending page request that matches.</summary>
    /// <remarks>Kernel: <c>iommu_page_response</c>. The request is no longer pending, whatever the driver returns.</remarks>
    /// <param name="device">The device.</param>
    /// <param name="response">The answer.</param>
    /// <returns>ENODEV without a domain that can answer; EINVAL without handler, for another version or an unknown flag, or when nothing matches; else the driver's.</returns>
    public virtual Errno Respond(Device device, in PageResponse response)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.Group?.Domain is not { CanRespond: true } domain)
        {
            return Errno.ENODEV;
        }

        // Read without param.lock: a handler may answer while the report that called it holds that lock.
        if (device.Iommu is not { Registration: not null } param)
        {
            return Errno.EINVAL;
        }

        if (response.Version != PageResponse.CurrentVersion || response.OtherFlags != 0)
        {
            return Errno.EINVAL;
        }

        kernel.SpendStage(CostStage.Response);
        using (param.Pending.Lock.Hold())
        {
            for (int i = 0; i < param.Pending.Count; i++)
            {
                IommuFault request = param.Pending[i];
                if (Matches(in request, in response))
                {
                    Errno error = domain.RespondToPage(device, request.ResponseNeedsPasid ? response : response with { Pasid = null });
                    param.Pending.RemoveAt(i);
                    Count(response.Code, error);
                    Trace(device, in request, response.Code, error);
                    return error;
                }
            }
        }

        return Errno.EINVAL;
    }

    /// <summary>A PASID in the answer matters only where the request needs it named.</summary>
    private static bool Matches(in IommuFault request, in PageResponse response) =>
        request.GroupId == response.GroupId && (!request.ResponseNeedsPasid || response.Pasid == (request.Pasid ?? 0));

    private void Count(PageResponseCode code, Errno error)
    {
        if (error != Errno.None)
        {
            return;
        }

        switch (code)
        {
            case PageResponseCode.Success:
                kernel.Tally.ResponsesSuccess++;
                break;
            case PageResponseCode.Invalid:
                kernel.Tally.ResponsesInvalid++;
                break;
            default:
                kernel.Tally.ResponsesFailure++;
                break;
        }
    }

    private void Trace(Device device, in IommuFault request, PageResponseCode code, Errno error)
    {
        kernel.Step(
            TraceLayer.IommuCore, "iommu_page_response", device.Name, request.Address, $"{code} to group 0x{request.GroupId:x}: {error.ToCName()}");
        foreach (IFaultObserver observer in _observers)
        {
            observer.Responded(device, request, code);
        }
    }
}
