namespace Iopf.Workloads;

/// <summary>Where the test runs: it lays out memory, and lets the CPU and the device touch it.</summary>
internal interface ISecPlatform
{
    /// <summary>Where the process's queue pair begins: submission queue first, completion queue after it.</summary>
    ulong QueueBlock { get; }

    /// <summary>Faults the device has taken so far.</summary>
    long Faults { get; }

    /// <summary>Reserves whole pages next to those reserved last.</summary>
    /// <param name="pages">How many.</param>
    /// <param name="isolated">Whether pages that nobody uses lie in between.</param>
    /// <returns>The address of the first page.</returns>
    ulong Reserve(int pages, bool isolated);

    /// <summary>The CPU accesses memory.</summary>
    /// <param name="address">The first byte.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="write">Whether it writes.</param>
    void Cpu(ulong address, int length, bool write);

    /// <summary>The device accesses memory of the process.</summary>
    /// <param name="address">The first byte; no page is crossed.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="write">Whether it writes.</param>
    /// <returns>Whether the access completed.</returns>
    bool Device(ulong address, int length, bool write);

    /// <summary>The device accesses memory of the queues.</summary>
    /// <param name="address">The first byte; no page is crossed.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="write">Whether it writes.</param>
    /// <returns>Whether the access completed.</returns>
    bool DeviceQueue(ulong address, int length, bool write);
}
