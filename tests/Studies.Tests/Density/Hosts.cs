using Iopf.Density;
using Iopf.Kernel;

namespace Iopf.Studies.Tests.Density;

/// <summary>Hosts that are small enough to be simulated in a few milliseconds.</summary>
internal static class Hosts
{
    public static DensitySpec Small(int hostMebibytes = 512) => new()
    {
        HostMebibytes = hostMebibytes,
        GuestMebibytes = 128,
        WorkingSetMebibytes = 40,
        Options = new DensityOptions
        {
            ReservedMebibytes = 0,
            BootMebibytes = 8,
            DmaMebibytes = 8,
            RunPages = 16,
            CpuTouches = 16,
            SettleMilliseconds = 2_000,
            MeasureMilliseconds = 400,
        },
    };

    public static DensitySpec WithoutCosts(this DensitySpec spec)
    {
        spec.Options.CpuFaultNanoseconds = 0;
        return spec with { Costs = new CostOptions { FaultDeliveryNanoseconds = 0, HandlerNanoseconds = 0, PremappedPageNanoseconds = 0 } };
    }

    public static DensityRun Run(this DensitySpec spec, string policy, int guests) => DensityRun.Of(spec, new DensityPolicy(policy), guests);
}
