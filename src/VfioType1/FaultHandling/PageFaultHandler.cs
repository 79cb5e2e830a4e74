using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.VfioType1;

/// <summary>Serves the page requests of one device in its worker: find the mapping, obtain the pages, map them, answer once.</summary>
/// <remarks>
/// Kernel: <c>vfio_iommu_type1_dma_map_iopf</c>. Each question that a patch changes is answered by a port. Deviation: the container lock is not
/// held while pages are obtained, because that may call the MMU notifier (E23 to E26); what was planned is looked at again before it is mapped.
/// </remarks>
internal sealed class PageFaultHandler(
    HostKernel kernel,
    FaultDirectory directory,
    FaultPlanner planner,
    IPageSource pages,
    IInvalidationGuard invalidations,
    FaultedPageMapper mapper,
    WindowUnderLock windowUnderLock,
    PageResponder responder) : IFaultGroupHandler
{
    private const string Function = "vfio_iommu_type1_dma_map_iopf";

    private readonly Pfn[] _batch = new Pfn[512];

    private enum Step
    {
        Mapped,
        Failed,
        PagesMoved,
    }

    /// <summary>Serves the requests of one group in order; the first failure decides for all of them.</summary>
    public void Handle(Device device, ReadOnlyMemory<IommuFault> group)
    {
        ReadOnlySpan<IommuFault> requests = group.Span;
        ref readonly IommuFault last = ref requests[^1];
        TracePoint begin = new(TracePointKind.FaultHandled) { Tag = last.GroupId };
        kernel.Step(TraceLayer.Type1, Function, device.Name, requests[0].Address, in begin, $"serves group 0x{last.GroupId:x}");
        PageResponseCode code = PageResponseCode.Success;
        for (int i = 0; i < requests.Length && code == PageResponseCode.Success; i++)
        {
            code = Resolve(device, in requests[i]);
        }

        kernel.Step(TraceLayer.Type1, Function, device.Name, last.Address, $"answer {code} to group 0x{last.GroupId:x}");
        responder.Respond(device, new PageResponse(last.GroupId, PasidOfAnswer(in last), code));
    }

    /// <summary>Echoed where the request needs it named; posted: never, and nobody looks whether the answer was taken (E12).</summary>
    private uint? PasidOfAnswer(in IommuFault request) =>
        request.ResponseNeedsPasid && !kernel.IsPosted(Erratum.E12) ? request.Pasid : null;

    private PageResponseCode Resolve(Device device, in IommuFault request)
    {
        if (!directory.TryFind(device, out FaultTarget target))
        {
            kernel.Spend(CostStage.Handler, kernel.Costs.HandlerNanoseconds);
            return PageResponseCode.Invalid;
        }

        long cost = kernel.Costs.HandlerNanoseconds;
        while (true)
        {
            FaultPlan plan;
            RequireLinked(in target);
            using (target.Container.Lock.Hold(Function))
            {
                RequireLinked(in target);
                kernel.Spend(CostStage.Handler, cost);
                cost = 0;
                if (planner.Plan(target, device, in request, out plan) is { } answer)
                {
                    return answer;
                }

                if (windowUnderLock.IsPosted)
                {
                    return windowUnderLock.Map(target.Container, in plan) ? PageResponseCode.Success : PageResponseCode.Invalid;
                }

                // From here on the plan is held without the lock: a mapping that goes meanwhile must not become another one.
                target.Container.FaultsInFlight++;
            }

            Step step = MapWindow(device, target.Container, in plan);
            AddressSpace mm = plan.Mapping.Mm;
            UserRange vaddrs = UserRange.OfPages(plan.Mapping.VaddrOf(plan.Window.First), plan.Window.PageCount);
            using (target.Container.Lock.Hold())
            {
                target.Container.FaultsInFlight--;
            }

            switch (step)
            {
                case Step.Mapped:
                    return PageResponseCode.Success;
                case Step.Failed:
                    return PageResponseCode.Invalid;
                default:
                    kernel.Tally.FaultRetries++;
                    invalidations.AwaitEnd(target.Container, mm, vaddrs);
                    break;
            }
        }
    }

    /// <summary>Teardown waits for faults in flight; posted: the node that was found may be freed by now (E08).</summary>
    private void RequireLinked(in FaultTarget target)
    {
        if (kernel.IsPosted(Erratum.E08) && (target.Container.IsReleased || !directory.IsLinked(target.Group)))
        {
            throw new KernelOopsException("use after free", Function);
        }
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

        kernel.Spend(CostStage.Pages, kernel.Costs.PremappedPageNanoseconds * (long)(done - 1));
        return Step.Mapped;
    }

    private Step MapBatch(Device device, Type1Container container, in FaultPlan plan, Iova first, int asked, out int mapped)
    {
        mapped = 0;
        DmaMapping mapping = plan.Mapping;
        UserAddress vaddr = mapping.VaddrOf(first);
        Result<int> obtained = pages.Obtain(mapping, vaddr, plan.Access, _batch.AsMemory(0, asked));
        if (!obtained.TryGet(out int got, out Errno error))
        {
            kernel.Step(TraceLayer.Mm, "pin_user_pages_remote", device.Name, first, $"no page behind vaddr {vaddr}: {error.ToCName()}");
            return Step.Failed;
        }

        ReadOnlyMemory<Pfn> frames = _batch.AsMemory(0, got);
        kernel.Step(TraceLayer.Mm, "pin_user_pages_remote", device.Name, first, $"{got} pages behind vaddr {vaddr}, first {_batch[0]}");
        using (container.Lock.Hold())
        using (invalidations.Enter(container))
        {
            bool isCurrent = mapping.IsLinked
                && !mapping.IsVaddrInvalid
                && mapping.VaddrOf(first) == vaddr
                && invalidations.IsCurrent(container, mapping, plan.Ticket, UserRange.OfPages(vaddr, (ulong)got));
            mapped = isCurrent ? mapper.Map(container, in plan, first, frames) : 0;
            pages.Return(mapping, frames[mapped..]);
            kernel.Step(TraceLayer.Type1, Function, device.Name, first, $"{mapped} of {got} pages mapped");
            return !isCurrent ? Step.PagesMoved : mapped > 0 ? Step.Mapped : Step.Failed;
        }
    }
}
