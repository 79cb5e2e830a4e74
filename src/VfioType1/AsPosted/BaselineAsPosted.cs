using Iopf.Kernel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Iopf.VfioType1;

/// <summary>Which classes of the baseline have a posted sibling: the series changed their functions in place.</summary>
internal static class BaselineAsPosted
{
    public static IServiceCollection ReplaceBaselineAsPosted(this IServiceCollection services, ErrataSet errata)
    {
        if (errata.Intersects(PostedPageFaultHandler.Errata))
        {
            services.TryAddScoped<WindowUnderLock>();
        }

        return services
            .ReplaceAsPosted<PageFaultHandler, PostedPageFaultHandler>(errata)
            .ReplaceAsPosted<FaultPlanner, PostedFaultPlanner>(errata)
            .ReplaceAsPosted<FaultRegistration, PostedFaultRegistration>(errata)
            .ReplaceAsPosted<MappedPageRemover, PostedPageRemover>(errata)
            .ReplaceAsPosted<RemoveMapping, PostedRemoveMapping>(errata)
            .ReplaceAsPosted<GroupAttach, PostedGroupAttach>(errata)
            .ReplaceAsPosted<GroupDetach, PostedGroupDetach>(errata);
    }
}
