using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;
using Iopf.Patches;
using Iopf.Vfio;
using Iopf.Views;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.Project.Tests;

/// <summary>The long sample of docs/library.md, compiled and run.</summary>
internal static class ReadmeSample
{
    // The sample prints to the console; here that is a writer.
#pragma warning disable IDE1006
    public static void Run(TextWriter Console)
#pragma warning restore IDE1006
    {
        // sample
        ServiceProvider services = new ServiceCollection().AddIopfModel(options => options.Patches = PatchSpec.Parse("1-6")).BuildServiceProvider();
        using ModeledHost host = new(MachineSpec.OneDevice, services);
        List<TraceEvent> trace = [];
        host.Kernel.Trace.Subscribe(trace.Add);

        Process vmm = host.Processes["vmm"];
        UserRange memory = UserRange.OfPages(new UserAddress(0x1000_0000), 4);
        vmm.Mm!.Mmap(memory, MemoryAccess.Read | MemoryAccess.Write);
        VfioContainer container = host.Vfio.OpenContainer();
        host.Vfio.OpenGroup(1).Value.SetContainer(vmm, container);
        container.SetIommu(vmm, VfioExtension.Type1V2);
        container.Ioctl(vmm, VfioIoctl.IommuEnableIopf, new UserArgument(0));
        byte[] map = new byte[VfioMapDma.Size];
        new VfioMapDma(VfioMapDma.Size, VfioMapDmaBits.Read | VfioMapDmaBits.Write, memory.First.Value, 0x10_0000, memory.Length).Write(map);
        container.Ioctl(vmm, VfioIoctl.IommuMapDma, new UserArgument(map, []));

        host.Devices["nic0"].Engine!.Write(new Iova(0x10_0000), "hello"u8.ToArray());   // stalls, faults, is mapped and retried
        vmm.Mm.Munmap(memory);                                                          // the MMU notifier takes the pages away
        TextTrace.Lines(trace).ToList().ForEach(Console.WriteLine);
        // end of sample
    }
}
