using Iopf.Kernel;

namespace Iopf.Iommu;

/// <summary>One complete group of page requests on its way to the worker; used again and again.</summary>
/// <remarks>Kernel: <c>struct iopf_group</c>.</remarks>
internal sealed class FaultGroup(IopfQueue queue) : IWork
{
    private IommuFault[] _requests = new IommuFault[1];
    private int _count;
    private Device? _device;

    public void Begin(Device device)
    {
        _device = device;
        _count = 0;
    }

    public void Add(in IommuFault fault)
    {
        if (_count == _requests.Length)
        {
            Array.Resize(ref _requests, 2 * _count);
        }

        _requests[_count++] = fault;
    }

    public void Run()
    {
        queue.Handler.Handle(_device!, _requests.AsMemory(0, _count));
        queue.Recycle(this);
    }
}
