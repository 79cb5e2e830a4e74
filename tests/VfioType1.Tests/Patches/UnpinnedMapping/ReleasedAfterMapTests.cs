using Iopf.Kernel;
using Iopf.VfioType1.Patches.UnpinnedMapping;
using Iopf.VfioType1.Tests.FaultHandling;
using Moq;

namespace Iopf.VfioType1.Tests.Patches.UnpinnedMapping;

public sealed class ReleasedAfterMapTests
{
    [Fact]
    public void What_a_fault_mapped_is_let_go_at_once_exactly_once_and_nothing_else()
    {
        DmaMapping mapping = new FaultWorld().AddMapping(0, 4);
        Pfn[] frames = [new(0x10), new(0x11), new(0x40)];
        Mock<IPageSource> pages = new(MockBehavior.Strict);
        pages.Setup(port => port.Return(mapping.Owner, It.Is<ReadOnlyMemory<Pfn>>(returned => returned.ToArray().SequenceEqual(frames))));

        new ReleasedAfterMap(pages.Object).AfterMap(mapping, frames);

        pages.Verify(port => port.Return(mapping.Owner, It.IsAny<ReadOnlyMemory<Pfn>>()), Times.Once);
        Assert.Equal(0, mapping.FaultPins);
    }
}
