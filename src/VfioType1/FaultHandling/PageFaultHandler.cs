using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.VfioType1;

/// <summary>Serves the page requests of one device in its worker: find the mapping, obtain the pages, map them, answer once.</summary>
/// <remarks>
/// Kernel: <c>vfio_iommu_type1_dma_map_iopf</c>. Each question that a patch changes is answered by a port. Deviation: the container lock is not
/// held while pages are obtained, because that may call the MMU notifier (E23 to E26); what was planned is looked at again before it is mapped.
/// </remarks>
internal class PageFaultHandler(
    HostKernel kernel,
    FaultDirectory directory,
    FaultPlanner planner,
    IPageSource pages,
    IInvalidationGuard invalidations,
    FaultedPageMapper mapper,
    PageResponder responder) : IFaultGroupHandler
{
    protected const string Function = "vfio_iommu_type1_dma_map_iopf";

    private readonly Pfn[] _batch = new Pfn[512];

    private enum Step
    {
        Mapped,
        Failed,
        PagesMoved,
    }

    protected HostKernel Kernel { get; } = kernel;

    /// <summary>Serves the requests of one group in order; the first failure decides for all of them.</summary>
    public void Handle(Device device, ReadOnlyMemory<IommuFault> group)
    {
        ReadOnlySpan<IommuFault> requests = group.Span;
        ref readonly IommuFault last = ref requests[^1];
        TracePoint begin = new(TracePointKind.FaultHandled) { Tag = last.GroupId };
        Kernel.Step(TraceLayer.Type1, Function, device.Name, requests[0].Address, in begin, $"serves group 0x{last.GroupId:x}");
        PageResponseCode code = PageResponseCode.Success;
        for (int i = 0; i < requests.Length && code == PageResponseCode.Success; i++)
        {
            code = Resolve(device, in requests[i]);
        }

        Kernel.Step(TraceLayer.Type1, Function, device.Name, last.Address, $"answer {code} to group 0x{last.GroupId:x}");
        responder.Respond(device, new PageResponse(last.GroupId, PasidOfAnswer(in last), code));
    }

    /// <summary>Echoed where the request needs it named; posted: never, and nobody looks whether the answer was taken (E12).</summary>
    private uint? PasidOfAnswer(in IommuFault request) =>
        request.ResponseNeedsPasid && !Kernel.IsPosted(Erratum.E12) ? request.Pasid : null;

    private PageResponseCode Resolve(Device device, in IommuFault request)
    {
        if (!directory.TryFind(device, out FaultTarget target))
        {
            Kernel.Spend(CostStage.Handler, Kernel.Costs.HandlerNanoseconds);
            return PageResponseCode.Invalid;
        }

        long cost = Kernel.Costs.HandlerNanoseconds;
        while (true)
        {
            if (Plan(in target, device, in request, cost, out FaultPlan plan) is { } answer)
            {
                return answer;
            }

            cost = 0;
            switch (MapWindow(device, target.Container, in plan))
            {
                case Step.Mapped:
                    return PageResponseCode.Success;
                case Step.Failed:
                    return PageResponseCode.Invalid;
                default:
                    Kernel.Tally.FaultRetries++;
                    invalidations.AwaitEnd(target.Container, plan.Owner.Mm, plan.Vaddrs);
                    break;
            }
        }
    }

    /// <summary>Plans a fault under the container lock; teardown waits for it, so what is found stays linked (E08).</summary>
    /// <param name="target">Where the fault is resolved.</param>
    /// <param name="device">The device.</param>
    /// <param name="request">The fault.</param>
    /// <param name="cost">The time that planning takes.</param>
    /// <param name="plan">What to map next, without the lock.</param>
    /// <returns>The answer when nothing needs to be mapped; <see langword="null"/> when <paramref name="plan"/> is to be carried out.</returns>
    protected virtual PageResponseCode? Plan(in FaultTarget target, Device device, in IommuFault request, long cost, out FaultPlan plan)
    {
        using (target.Container.Lock.Hold(Function))
        {
            return PlanLocked(in target, device, in request, cost, out plan);
        }
    }

    protected PageResponseCode? PlanLocked(in FaultTarget target, Device device, in IommuFault request, long cost, out FaultPlan plan)
    {
        Kernel.Spend(CostStage.Handler, cost);
        return planner.Plan(target, device, in request, out plan);
    }

    /// <summary>Maps the window batch by batch. Only the first batch holds the faulting page: what fails later merely ends the window.</summary>
    private Step MapWindow(Device device, Type1Container container, in FaultPlan plan)
    {
        ulong pageCount = plan.Window.PageCount;
        ulong done = 0;
        while (done < pageCount)
        {
            int asked = (int)Math.Min(pageCount - done, (ulong)_batch.Length);
            Iova first = plan.Window.First.PlusPages(done);
            Step step = MapBatch(device, container, in plan, first, asked, out int mapped);
            if (done == 0 && step != Step.Mapped)
            {
                return step;
            }

            done += (ulong)mapped;
            if (mapped < asked)
            {
                break;
            }
        }

        Kernel.Spend(CostStage.Pages, Kernel.Costs.PremappedPageNanoseconds * (long)(done - 1));
        return Step.Mapped;
    }

    private Step MapBatch(Device device, Type1Container container, in FaultPlan plan, Iova first, int asked, out int mapped)
    {
        mapped = 0;
        UserAddress vaddr = plan.VaddrOf(first);
        Result<int> obtained = pages.Obtain(plan.Owner, vaddr, plan.Access, _batch.AsMemory(0, asked));
        if (!obtained.TryGet(out int got, out Errno error))
        {
            Kernel.Step(TraceLayer.Mm, "pin_user_pages_remote", device.Name, first, $"no page behind vaddr {vaddr}: {error.ToCName()}");
            return Step.Failed;
        }

        ReadOnlyMemory<Pfn> frames = _batch.AsMemory(0, got);
        Kernel.Step(TraceLayer.Mm, "pin_user_pages_remote", device.Name, first, $"{got} pages behind vaddr {vaddr}, first {_batch[0]}");
        using (container.Lock.Hold())
        using (invalidations.Enter(container))
        {
            bool isCurrent = plan.IsValid && invalidations.IsCurrent(container, plan.Mapping, plan.Ticket, UserRange.OfPages(vaddr, (ulong)got));
            mapped = isCurrent ? mapper.Map(container, in plan, first, frames) : 0;
            pages.Return(plan.Owner, frames[mapped..]);
            Kernel.Step(TraceLayer.Type1, Function, device.Name, first, $"{mapped} of {got} pages mapped");
            return !isCurrent ? Step.PagesMoved : mapped > 0 ? Step.Mapped : Step.Failed;
        }
    }
}
