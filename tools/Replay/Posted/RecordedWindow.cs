using Iopf.Iommu;
using Iopf.Kernel;
using Iopf.VfioType1;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.Replay.Posted;

/// <summary>The window of patch 4 with a length that a recording changes between operations; the length is a constant in the posted code.</summary>
internal sealed class RecordedWindow(HostKernel kernel, RecordedKnobs knobs) : IFaultWindow, IDisposable
{
    private readonly Dictionary<int, ServiceProvider> _patches = [];

    public IovaRange Plan(Type1Container container, DmaMapping mapping, Iova page, IovaRange scope, IommuProt access) =>
        Window().Plan(container, mapping, page, scope, access);

    public void Dispose()
    {
        foreach (ServiceProvider patch in _patches.Values)
        {
            patch.Dispose();
        }
    }

    private IFaultWindow Window()
    {
        if (!_patches.TryGetValue(knobs.PremapLength, out ServiceProvider? patch))
        {
            patch = new ServiceCollection().AddSingleton(kernel).AddPremap(options => options.Length = knobs.PremapLength).BuildServiceProvider();
            _patches.Add(knobs.PremapLength, patch);
        }

        return patch.GetRequiredService<IFaultWindow>();
    }
}
