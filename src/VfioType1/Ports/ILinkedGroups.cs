using Iopf.Iommu;

namespace Iopf.VfioType1;

/// <summary>Every group that is linked in an <see cref="IFaultingGroups"/>.</summary>
/// <remarks>
/// Kernel: a walk of <c>iopf_group_list</c>. Only the posted scopes ask (E62 without E71): an answer of <see cref="IFaultingGroups"/> that is none of
/// these knows of no other group.
/// </remarks>
internal interface ILinkedGroups
{
    /// <summary>The groups, each with its container.</summary>
    IEnumerable<(Type1Container Container, IommuGroup Group)> Linked { get; }
}
