using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Patches;
using Iopf.Promises;
using Iopf.Vfio;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.Tests.Patches;

/// <summary>Every one of the 256 subsets of the series composes, runs, keeps its promises and answers as its patches say.</summary>
public sealed class EverySubsetTests
{
    public static TheoryData<string> Subsets =>
        [.. Enumerable.Range(0, 256).Select(bits => string.Join(',', PatchCatalog.All.Select(patch => patch.Number).Where(number => (bits >> (number - 1) & 1) != 0)))];

    [Theory]
    [MemberData(nameof(Subsets))]
    public void A_subset_composes(string numbers)
    {
        ServiceCollection services = new();
        services.AddIopfModel(options => options.Patches = Parse(numbers)).AddPromises();
        using ServiceProvider provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

        using IServiceScope machine = provider.CreateScope();

        // Validation skips what a factory makes: ask for each service of the model once.
        foreach (Type type in services.Select(service => service.ServiceType).Where(IsOfTheModel).Distinct())
        {
            Assert.NotEmpty(machine.ServiceProvider.GetServices(type));
        }
    }

    [Theory]
    [MemberData(nameof(Subsets))]
    public void A_subset_serves_a_fault_or_answers_with_the_kernels_natural_error(string numbers)
    {
        PatchSet patches = Parse(numbers);
        using PatchedHost host = new(patches, premap: 2);
        PromiseWatch promises = new(host.Host);
        bool hasIopf = patches.Contains(5);
        bool isDeferred = hasIopf && patches.Contains(6);
        bool canServe = isDeferred && patches.Contains(2);
        host.Mmap(8).Store(0, 0x5a);

        Assert.Equal(hasIopf ? Errno.None : Errno.ENOTTY, host.EnableIopf());
        Assert.Equal(Errno.None, host.MapDma(0, 8));
        Assert.Equal(isDeferred ? 0 : 8, host.Host.Memory.TotalPins);

        // Nobody answers for a mapping that waits for faults where patch 2 is off: the driver aborts the transaction.
        Assert.Equal(isDeferred && !canServe ? DmaState.Aborted : DmaState.Completed, host.Read(0, out byte seen));
        Assert.Equal(isDeferred && !canServe ? 0 : 0x5a, seen);
        Assert.Equal(isDeferred ? 1 : 0, host.Tally.FaultsReported);
        Assert.Equal(PagesAfterOneFault(patches), Enumerable.Range(0, 8).Count(page => host.IsMapped((ulong)page)));
        promises.End("a fault", hasFailed: false);

        Assert.Equal(Errno.None, host.Mm.Munmap(PatchedHost.Pages(0, 1)));
        bool isTaken = isDeferred && (!canServe || patches.Contains(3));
        Assert.Equal(isTaken, !host.IsMapped(0));
        Assert.Equal(isTaken ? DmaState.Aborted : DmaState.Completed, host.Read(0));
        promises.End("munmap", hasFailed: false);

        Assert.Equal(isDeferred && !canServe ? DmaState.Aborted : DmaState.Completed, host.Write(5, 0x66));
        Assert.Equal(isDeferred && !canServe ? 0 : 0x66, host.Load(5));
        Assert.Equal(Errno.None, host.UnmapDma(0, 8));
        Assert.Equal(DmaState.Aborted, host.Write(5, 0x67));
        Assert.Equal((0, 0), (host.Host.Memory.TotalPins, host.Mm.LockedVm));
        host.Vmm.Exit();
        promises.End("exit", hasFailed: false);

        Assert.Empty(promises.Violations);
    }

    [Theory]
    [MemberData(nameof(Subsets))]
    public void A_subset_pins_for_a_vendor_driver_and_gives_back(string numbers)
    {
        PatchSet patches = Parse(numbers);
        bool isDeferred = patches.Contains(5) && patches.Contains(6);
        using PatchedHost host = new(patches);
        PromiseWatch promises = new(host.Host);
        Device nic = host.Host.Devices["nic0"].Device;
        VendorDriverApi driver = host.Host.VendorDrivers;
        host.Mmap(4);
        host.EnableIopf();
        host.MapDma(0, 4);
        ulong page = PatchedHost.IovaAt(2).PageNumber;
        ulong[] frames = new ulong[1];

        Assert.Equal(Errno.EINVAL, driver.PinPages(nic, [page], IommuProt.Read, frames).Error);
        Assert.Equal(Errno.None, driver.RegisterNotifier(nic, new Silent(), VfioNotifierEvents.DmaUnmap));
        Assert.Equal(1, driver.PinPages(nic, [page], IommuProt.Read | IommuProt.Write, frames).Value);
        Assert.Equal(host.Mm.FrameAt(PatchedHost.At(2))!.Value.Value, frames[0]);

        // A pinned page is mapped at once where patch 7 is on; else a fault has to map it.
        Assert.Equal(!isDeferred || patches.Contains(2) || patches.Contains(7) ? DmaState.Completed : DmaState.Aborted, host.Write(2, 1));
        promises.End("pin", hasFailed: false);
        Assert.Equal(1, driver.UnpinPages(nic, [page]).Value);
        promises.End("unpin", hasFailed: false);
        Assert.Equal(Errno.None, host.UnmapDma(0, 4));
        Assert.Equal((0, 0), (host.Host.Memory.TotalPins, host.Mm.LockedVm));

        Assert.Empty(promises.Violations);
    }

    private static int PagesAfterOneFault(PatchSet patches) => (patches.Contains(5) && patches.Contains(6), patches.Contains(2)) switch
    {
        (false, _) => 8,
        (true, false) => 0,
        (true, true) => patches.Contains(4) ? 2 : 1,
    };

    private static PatchSet Parse(string numbers) => numbers.Length == 0 ? PatchSet.None : PatchSpec.Parse(numbers);

    private static bool IsOfTheModel(Type type) =>
        type.FullName!.StartsWith("Iopf", StringComparison.Ordinal) && !type.ContainsGenericParameters;

    private sealed class Silent : IVfioDmaUnmapNotifier
    {
        public void DmaUnmapped(Iova iova, ulong size)
        {
            // Nothing is pinned any more when the mapping goes.
        }
    }
}
