using Iopf.Kernel;
using Iopf.Workloads;

namespace Iopf.Scenarios.Tests.Workloads;

/// <summary>A platform that faults once per window of pages; the CPU's touch helps the device only where both share a table.</summary>
internal sealed class PageCountingPlatform(int window, bool sharesCpuTable) : ISecPlatform
{
    private readonly HashSet<ulong> _mapped = [];
    private ulong _next = 0x100_0000;

    public ulong QueueBlock { get; init; } = 0x10_0000;

    public bool QueueIsMapped { get; init; }

    public bool Aborts { get; init; }

    public long Faults { get; private set; }

    public ulong Reserve(int pages, bool isolated)
    {
        _next += isolated ? 512 * Page.Size : 0;
        ulong first = _next;
        _next += (ulong)pages * Page.Size;
        return first;
    }

    public void Cpu(ulong address, int length, bool write)
    {
        if (sharesCpuTable)
        {
            for (ulong page = address >> Page.Shift; page <= (address + (ulong)length - 1) >> Page.Shift; page++)
            {
                _mapped.Add(page);
            }
        }
    }

    public bool Device(ulong address, int length, bool write)
    {
        Assert.Equal(address >> Page.Shift, (address + (ulong)length - 1) >> Page.Shift);
        ulong page = address >> Page.Shift;
        if (_mapped.Add(page))
        {
            Faults++;
            for (ulong further = page + 1; further < page + (ulong)window && _mapped.Add(further); further++)
            {
            }
        }

        return !Aborts;
    }

    public bool DeviceQueue(ulong address, int length, bool write) => QueueIsMapped || Device(address, length, write);
}
