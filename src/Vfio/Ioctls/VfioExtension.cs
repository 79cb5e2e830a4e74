namespace Iopf.Vfio;

/// <summary>The extensions a container may offer; the first three and nesting are also the types of backends.</summary>
/// <remarks>Kernel: the arguments of <c>VFIO_CHECK_EXTENSION</c> and <c>VFIO_SET_IOMMU</c>.</remarks>
public static class VfioExtension
{
    /// <summary>Type1, version 1: unmapping part of a mapping removes all of it.</summary>
    public const uint Type1 = 1;

    /// <summary>The POWER backend.</summary>
    public const uint Spapr = 2;

    /// <summary>Type1, version 2: a mapping is removed whole or not at all.</summary>
    public const uint Type1V2 = 3;

    /// <summary>DMA is coherent with the CPU's caches on every domain.</summary>
    public const uint DmaCacheCoherency = 4;

    /// <summary>POWER's error handling.</summary>
    public const uint Eeh = 5;

    /// <summary>Type1, version 2, with mappings in stage 2 and stage 1 left to the guest.</summary>
    public const uint Type1Nesting = 6;

    /// <summary>The POWER backend, version 2.</summary>
    public const uint SpaprV2 = 7;

    /// <summary>Devices without an IOMMU.</summary>
    public const uint NoIommu = 8;

    /// <summary>One unmap call can remove everything.</summary>
    public const uint UnmapAll = 9;

    /// <summary>The memory behind a mapping can be handed over to another address.</summary>
    public const uint UpdateVaddr = 10;
}
