using Iopf.Kernel;
using Iopf.Vfio;

namespace Iopf.TestKit.Vfio;

/// <summary>A backend with the extensions of type1, whose containers are <see cref="FakeVfioIommu"/>.</summary>
public sealed class FakeVfioBackend(HostKernel kernel) : IVfioIommuBackend
{
    /// <summary>The extensions offered before there is a container; 4 (cache coherency) only after.</summary>
    public HashSet<uint> Extensions { get; } = [1, 3, 6, 9, 10];

    /// <summary>What opening fails with.</summary>
    public Errno OpenError { get; set; }

    /// <summary>Groups that any container refuses, by id.</summary>
    public Dictionary<int, Errno> Refused { get; } = [];

    /// <summary>Every container state ever opened, oldest first.</summary>
    public List<FakeVfioIommu> Opened { get; } = [];

    /// <summary>The type of the last open.</summary>
    public uint LastType { get; private set; }

    public int CheckExtension(IVfioIommu? iommu, uint extension)
    {
        bool offered = Extensions.Contains(extension) || (extension == VfioExtension.DmaCacheCoherency && iommu is not null);
        return offered ? 1 : 0;
    }

    public Result<IVfioIommu> Open(uint type)
    {
        LastType = type;
        if (OpenError != Errno.None)
        {
            return OpenError;
        }

        FakeVfioIommu iommu = new(kernel, this);
        Opened.Add(iommu);
        return iommu;
    }
}
