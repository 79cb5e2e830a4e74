using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;

namespace Iopf.Workloads;

/// <summary>A platform whose device is driven engine by engine, and whose memory the host may move.</summary>
internal interface ITimedSecPlatform : ISecPlatform
{
    /// <summary>The device.</summary>
    DeviceEngine Engine { get; }

    /// <summary>The host's address space behind the memory.</summary>
    AddressSpace Memory { get; }

    /// <summary>What the device calls an address.</summary>
    /// <param name="address">An address of the platform.</param>
    /// <returns>The iova.</returns>
    Iova IovaOf(ulong address);

    /// <summary>How the device accesses an address.</summary>
    /// <param name="address">An address of the platform.</param>
    /// <returns>The access, for reading.</returns>
    DmaAccess AccessOf(ulong address);

    /// <summary>Where an address is in the host's address space.</summary>
    /// <param name="address">An address of the platform; not one of a queue that belongs to the host's driver.</param>
    /// <returns>The address there.</returns>
    UserAddress VaddrOf(ulong address);
}
