using Iopf.Iommu;

namespace Iopf.VfioType1;

/// <summary>One IOMMU domain of a container and the groups attached to it.</summary>
/// <remarks>Kernel: <c>struct vfio_domain</c>.</remarks>
/// <param name="domain">The IOMMU domain.</param>
/// <param name="prot">What every mapping in it gets beside read and write (cache coherency).</param>
public sealed class Type1Domain(IommuDomain domain, IommuProt prot)
{
    /// <summary>The IOMMU domain.</summary>
    public IommuDomain Domain { get; } = domain;

    /// <summary>What every mapping in it gets beside read and write.</summary>
    public IommuProt Prot { get; } = prot;

    /// <summary>Whether the domain makes no use of superpages when handed contiguous memory.</summary>
    /// <remarks>Kernel: <c>fgsp</c>.</remarks>
    public bool UsesFineGranules { get; set; }

    /// <summary>The groups attached to it, newest first.</summary>
    public List<Type1Group> Groups { get; } = [];
}
