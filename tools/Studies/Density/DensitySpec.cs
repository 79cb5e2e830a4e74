using Iopf.Kernel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Iopf.Density;

/// <summary>What a density study is about: the host, its guests, and what things cost.</summary>
public sealed record DensitySpec
{
    /// <summary>The fewest pages that guests must have between them.</summary>
    public const long LeastFrames = 65_536;

    /// <summary>Memory of the host, in MiB. The default is 262,144: 256 GiB.</summary>
    public int HostMebibytes { get; init; } = 262_144;

    /// <summary>Memory of a guest, in MiB. The default is 4,096.</summary>
    public int GuestMebibytes { get; init; } = 4_096;

    /// <summary>The working set of a guest, in MiB, with the part that holds message buffers. The default is 1,024.</summary>
    public int WorkingSetMebibytes { get; init; } = 1_024;

    /// <summary>The seed of what guests draw. The default is 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>The rest of the host and the guests, and what things cost.</summary>
    public DensityOptions Options { get; init; } = new();

    /// <summary>What the steps of a fault cost.</summary>
    public CostOptions Costs { get; init; } = new();

    /// <summary>Pages of the host that guests may have.</summary>
    public long GuestFrames => Math.Max(0L, HostMebibytes - Options.ReservedMebibytes) * 256;

    /// <summary>The same study with other options.</summary>
    /// <param name="settings">Checked values by <c>Section:Name</c>; sections but Cost and Density are left aside.</param>
    /// <returns>The study.</returns>
    public DensitySpec With(IEnumerable<KeyValuePair<string, string>> settings)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(static setting => new KeyValuePair<string, string?>(setting.Key, setting.Value)))
            .Build();
        using ServiceProvider services = DensityParameters.Settable.Bind(new ServiceCollection(), configuration).BuildServiceProvider();
        return this with
        {
            Options = services.GetRequiredService<IOptions<DensityOptions>>().Value,
            Costs = services.GetRequiredService<IOptions<CostOptions>>().Value,
        };
    }
}
