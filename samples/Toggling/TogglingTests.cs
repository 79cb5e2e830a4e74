using Iopf;
using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Patches;
using Iopf.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Toggling;

/// <summary>Ten ways to choose patches and errata: what the options say when a host is made is what it has.</summary>
public sealed class TogglingTests : IDisposable
{
    private static readonly PatchSet AllButPremap = PatchSet.All.Without(4);
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"iopf-{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void The_code_of_the_page()
    {
        ServiceCollection services = new();
        services.AddIopfModel();                                                        // all eight patches, no errata
        services.Configure<IopfOptions>(options => options.Patches = PatchSet.All.Without(4));   // before or after AddIopfModel: the same
        using ServiceProvider provider = services.BuildServiceProvider();
        ModeledHostFactory machines = provider.GetRequiredService<ModeledHostFactory>();
        using ModeledHost host = machines.Create(MachineSpec.OneDevice);                // what the options say now

        Assert.Equal(AllButPremap, host.Options.Patches);
    }

    [Fact]
    public void Way_1_patches_by_a_callback() =>
        Assert.Equal(AllButPremap, Made(services => services.AddIopfModel(options => options.Patches = AllButPremap)).Patches);

    [Fact]
    public void Way_2_errata_by_a_callback() =>
        Assert.Equal(ErrataSet.Of(Erratum.E21), Made(services => services.AddIopfModel(options => options.Errata = ErrataSet.Of(Erratum.E21))).Errata);

    [Fact]
    public void Way_3_Configure_before_the_model() =>
        Assert.Equal(AllButPremap, Made(services => services.Configure<IopfOptions>(options => options.Patches = AllButPremap).AddIopfModel()).Patches);

    [Fact]
    public void Way_4_Configure_after_the_model() =>
        Assert.Equal(AllButPremap, Made(services => services.AddIopfModel().Configure<IopfOptions>(options => options.Patches = AllButPremap)).Patches);

    [Fact]
    public void Way_5_a_bound_section() =>
        Assert.Equal(
            AllButPremap, Made(services => services.AddIopfModel().Configure<IopfOptions>(Configuration("Iopf:Patches", "1-3,5-8").GetSection("Iopf"))).Patches);

    [Fact]
    public void Way_6_a_configuration() =>
        Assert.Equal(AllButPremap, Made(services => services.AddIopfModel(Configuration("Iopf:Patches", "1-3,5-8"))).Patches);

    [Fact]
    public void Way_7_errata_in_a_file()
    {
        File.WriteAllText(_file, """{ "Iopf": { "Errata": "E12,E25" } }""");

        Assert.Equal(ErrataSet.Of(Erratum.E12, Erratum.E25), Made(services => services.AddIopfModel(new ConfigurationBuilder().AddJsonFile(_file).Build())).Errata);
    }

    [Fact]
    public void Way_8_the_environment()
    {
        Environment.SetEnvironmentVariable("SAMPLE_IOPF__PATCHES", "1-5");
        Environment.SetEnvironmentVariable("SAMPLE_IOPF__ERRATA", "E01");
        IConfiguration configuration = new ConfigurationBuilder().AddEnvironmentVariables("SAMPLE_").Build();

        IopfOptions options = Made(services => services.AddIopfModel(configuration));

        Assert.Equal((PatchSpec.Parse("1-5"), ErrataSet.Of(Erratum.E01)), (options.Patches, options.Errata));
    }

    [Fact]
    public void Way_9_the_method_of_a_patch() =>
        Assert.Equal(PatchSet.Of(4), Made(services => services.AddIopfModel(options => options.Patches = PatchSet.None).AddPremap()).Patches);

    [Fact]
    public void Way_10_a_reloaded_file()
    {
        File.WriteAllText(_file, """{ "Iopf": { "Patches": "1-3" } }""");
        IConfigurationRoot configuration = new ConfigurationBuilder().AddJsonFile(_file).Build();
        using ServiceProvider provider = new ServiceCollection().AddIopfModel(configuration).BuildServiceProvider();
        ModeledHostFactory machines = provider.GetRequiredService<ModeledHostFactory>();
        using ModeledHost before = machines.Create(MachineSpec.OneDevice);

        File.WriteAllText(_file, """{ "Iopf": { "Patches": "all" } }""");
        configuration.Reload();
        using ModeledHost after = machines.Create(MachineSpec.OneDevice);

        Assert.Equal((PatchSet.Of(1, 2, 3), PatchSet.All), (before.Options.Patches, after.Options.Patches));
        Assert.Equal(PatchSet.All, provider.GetRequiredService<IOptionsMonitor<IopfOptions>>().CurrentValue.Patches);
    }

    [Theory]
    [InlineData("Iopf:Patchs", "all", "Patches")]
    [InlineData("Iopf:Patches", "1-9", "1-9")]
    [InlineData("Iopf:Patches:0", "1", "Iopf:Patches")]
    [InlineData("Iopf:Errata", "E99", "E99")]
    [InlineData("Premap:Length", "0", "1 to 1048576")]
    public void What_is_wrong_is_refused_when_the_first_host_is_asked_for(string key, string value, string named)
    {
        using ServiceProvider provider = new ServiceCollection().AddIopfModel(Configuration(key, value)).BuildServiceProvider();
        ModeledHostFactory machines = provider.GetRequiredService<ModeledHostFactory>();

        Assert.Contains(named, Assert.Throws<OptionsValidationException>(() => machines.Create(MachineSpec.OneDevice)).Message, StringComparison.Ordinal);
    }

    private static IConfigurationRoot Configuration(string key, string value) =>
        new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build();

    private static IopfOptions Made(Action<IServiceCollection> add)
    {
        ServiceCollection services = new();
        add(services);
        using ServiceProvider provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });
        using ModeledHost host = provider.GetRequiredService<ModeledHostFactory>().Create(MachineSpec.OneDevice);
        return host.Options;
    }
}
