using System.Reflection;

namespace Iopf.Project.Tests;

public sealed class LayeringTests
{
    public static TheoryData<string, string[]> Rooms => new()
    {
        { "Iopf.Kernel", [] },
        { "Iopf.Mm", ["Iopf.Kernel"] },
        { "Iopf.Iommu", ["Iopf.Kernel", "Iopf.Mm"] },
        { "Iopf.ArmSmmuV3", ["Iopf.Iommu", "Iopf.Kernel", "Iopf.Mm"] },
        { "Iopf.Vfio", ["Iopf.Iommu", "Iopf.Kernel", "Iopf.Mm"] },
        { "Iopf.VfioType1", ["Iopf.Iommu", "Iopf.Kernel", "Iopf.Mm", "Iopf.Vfio"] },
    };

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_refers_only_to_rooms_below_it(string room, string[] below)
    {
        IEnumerable<string> referenced = Assembly.Load(room).GetReferencedAssemblies()
            .Select(assembly => assembly.Name!)
            .Where(name => name == "Iopf" || name.StartsWith("Iopf.", StringComparison.Ordinal));

        Assert.Equal([], referenced.Except(below));
    }
}
