using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Testing;
using Moq;

namespace Iopf.VfioType1.Tests.FaultHandling;

/// <summary>Puts a fault handler together from ports, and says what the mocks among them answer.</summary>
internal static class FaultHandlers
{
    public static PageFaultHandler Create(
        FaultWorld world, FakePageSource pages, IFaultableScope scope, IFaultWindow window, IInvalidationGuard guard, IDirtyScope? dirty = null)
    {
        dirty ??= new PinnedOrWholeScope();
        FaultPlanner planner = new(world.Kernel, scope, window, guard);
        PageRunMapper runs = new(world.Kernel);
        MappedPageRemover remover = new(world.Kernel, world.Memory);
        FaultedPageMapper mapper = new(runs, remover, pages, dirty);
        if (!world.Kernel.Errata.Intersects(PostedPageFaultHandler.Errata))
        {
            return new PageFaultHandler(world.Kernel, world.Directory, planner, pages, guard, mapper, world.Responder);
        }

        WindowUnderLock underLock = new(world.Kernel, pages, guard, runs, remover, pages, dirty, Microsoft.Extensions.Options.Options.Create(new Type1Options()));
        return new PostedPageFaultHandler(world.Kernel, world.Directory, planner, pages, guard, mapper, world.Responder, underLock);
    }

    /// <summary>One that serves single pages which nobody invalidates.</summary>
    public static PageFaultHandler Create(FaultWorld world, FakePageSource pages) =>
        Create(world, pages, new WholeSpaceScope(), new SinglePageWindow(), new NoInvalidation());

    public static void WindowIs(Mock<IFaultWindow> window, ulong pageCount) =>
        window.Setup(port => port.Plan(
                It.IsAny<Type1Container>(), It.IsAny<DmaMapping>(), It.IsAny<Iova>(), It.IsAny<IovaRange>(), It.IsAny<IommuProt>()))
            .Returns((Type1Container _, DmaMapping _, Iova page, IovaRange _, IommuProt _) => IovaRange.OfPages(page, pageCount));

    /// <summary>What the guard answers when asked whether pages are still the CPU's; the last answer stands.</summary>
    public static void StillCurrent(Mock<IInvalidationGuard> guard, params bool[] answers)
    {
        int asked = 0;
        guard.Setup(port => port.IsCurrent(
                It.IsAny<Type1Container>(), It.IsAny<DmaMapping>(), It.IsAny<InvalidationTicket>(), It.IsAny<UserRange>()))
            .Returns(() => answers[Math.Min(asked++, answers.Length - 1)]);
    }
}
