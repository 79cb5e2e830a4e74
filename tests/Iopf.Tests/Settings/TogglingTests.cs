using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Patches;
using Iopf.Settings;
using Iopf.VfioType1;
using Iopf.VfioType1.Patches.Premap;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Moq;

namespace Iopf.Tests.Settings;

/// <summary>The ways in which a program outside chooses patches and errata: what the options say when a host is made is what it has.</summary>
public sealed class TogglingTests
{
    private static readonly PatchSet AllButPremap = PatchSet.All.Without(4);

    [Fact]
    public void Patches_and_errata_are_chosen_by_a_callback()
    {
        using ModeledHost host = Make(new ServiceCollection().AddIopfModel(options => (options.Patches, options.Errata) = (AllButPremap, ErrataSet.Of(Erratum.E21))));

        Assert.Equal((AllButPremap, ErrataSet.Of(Erratum.E21)), (host.Options.Patches, host.Options.Errata));
        Assert.True(host.Kernel.IsPosted(Erratum.E21));
    }

    [Fact]
    public void Configure_before_and_after_the_model_are_the_same()
    {
        ServiceCollection before = new();
        before.Configure<IopfOptions>(options => options.Patches = AllButPremap);
        before.AddIopfModel();
        ServiceCollection after = new();
        after.AddIopfModel();
        after.Configure<IopfOptions>(options => options.Patches = AllButPremap);

        Assert.Equal("SinglePageWindow", WindowOf(before));
        Assert.Equal("SinglePageWindow", WindowOf(after));
    }

    [Fact]
    public void A_section_binds_to_the_options()
    {
        ServiceCollection services = new();
        services.AddIopfModel();
        services.Configure<IopfOptions>(Configuration("Iopf:Patches=1-3,5-8", "Iopf:Errata=E12,E25").GetSection("Iopf"));

        using ModeledHost host = Make(services);

        Assert.Equal((AllButPremap, ErrataSet.Of(Erratum.E12, Erratum.E25)), (host.Options.Patches, host.Options.Errata));
    }

    [Fact]
    public void A_configuration_sets_patches_errata_and_options()
    {
        ServiceCollection services = new();
        services.AddIopfModel(Configuration("IOPF:PATCHES=1-6", "iopf:errata=all", "Cost:HandlerNanoseconds=5"));

        using ModeledHost host = Make(services);

        Assert.Equal((PatchSpec.Parse("1-6"), ErrataSet.All, 5L), (host.Options.Patches, host.Options.Errata, host.Kernel.Costs.HandlerNanoseconds));
    }

    [Theory]
    [InlineData("Iopf:Patchs=1-6", "Iopf:Patchs", "Patches")]
    [InlineData("Iopf:Patches=1-9", "Iopf:Patches", "1-9")]
    [InlineData("Iopf:Patches:0=1", "Iopf:Patches", "one text")]
    [InlineData("Iopf:Errata=E99", "Iopf:Errata", "E99")]
    [InlineData("Premap:Lenght=5", "Premap:Lenght", "Premap:Length")]
    [InlineData("Premap:Length=0", "Premap:Length", "1 to 1048576")]
    [InlineData("Premap:Length=many", "Premap:Length", "many")]
    [InlineData("Type1:EntryLimit=", "Type1:EntryLimit", "integer")]
    public void What_a_configuration_says_wrongly_is_refused_when_the_first_host_is_asked_for(string assignment, string key, string hint)
    {
        ServiceCollection services = new();
        services.AddIopfModel(Configuration(assignment));

        OptionsValidationException refused = Assert.Throws<OptionsValidationException>(() => Make(services));

        Assert.Contains(key, refused.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(hint, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_spec_in_a_bound_section_is_refused_with_its_text()
    {
        ServiceCollection services = new();
        services.AddIopfModel();
        services.Configure<IopfOptions>(Configuration("Iopf:Patches=1-9").GetSection("Iopf"));

        Assert.Contains("1-9", Assert.Throws<OptionsValidationException>(() => Make(services)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_out_of_range_that_code_sets_is_refused_when_the_first_host_is_asked_for()
    {
        ServiceCollection services = new();
        services.AddIopfModel();
        services.Configure<PremapOptions>(options => options.Length = 0);

        Assert.Contains("Premap:Length = 0: expected an integer from 1 to 1048576", Assert.Throws<OptionsValidationException>(() => Make(services)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_wins_over_a_file_as_the_configuration_merges_them()
    {
        ServiceCollection services = new();
        services.AddIopfModel(new ConfigurationBuilder()
            .AddInMemoryCollection([new("Iopf:Patches", "none")])
            .AddInMemoryCollection([new("IOPF:PATCHES", "1-5"), new("IOPF:ERRATA", "E01")])
            .Build());

        using ModeledHost host = Make(services);

        Assert.Equal((PatchSpec.Parse("1-5"), ErrataSet.Of(Erratum.E01)), (host.Options.Patches, host.Options.Errata));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_method_of_a_patch_switches_it_on(bool isFirst)
    {
        ServiceCollection services = new();
        if (isFirst)
        {
            services.AddPremap(options => options.Length = 4);
        }

        services.AddIopfModel(options => options.Patches = PatchSet.None);
        if (!isFirst)
        {
            services.AddPremap(options => options.Length = 4);
        }

        using ServiceProvider provider = services.BuildServiceProvider();
        using ModeledHost host = provider.GetRequiredService<ModeledHostFactory>().Create(MachineSpec.OneDevice);
        using IServiceScope scope = provider.CreateScope();

        Assert.Equal(PatchSet.Of(4), host.Options.Patches);
        Assert.Equal(PatchSet.Of(4), provider.GetRequiredService<IOptionsMonitor<IopfOptions>>().CurrentValue.Patches);
        Assert.Equal("PremapWindow", scope.ServiceProvider.GetRequiredService<IFaultWindow>().GetType().Name);
    }

    [Fact]
    public void A_reloaded_configuration_counts_for_the_next_host_and_not_for_the_last()
    {
        IConfigurationRoot configuration = Configuration("Iopf:Patches=1-3", "Premap:Length=8");
        using ServiceProvider provider = new ServiceCollection().AddIopfModel(configuration).BuildServiceProvider();
        ModeledHostFactory machines = provider.GetRequiredService<ModeledHostFactory>();
        using ModeledHost before = machines.Create(MachineSpec.OneDevice);

        configuration["Iopf:Patches"] = "1-8";
        configuration.Reload();
        using ModeledHost after = machines.Create(MachineSpec.OneDevice);

        Assert.Equal((PatchSpec.Parse("1-3"), PatchSet.All), (before.Options.Patches, after.Options.Patches));
    }

    [Fact]
    public void Two_hosts_of_one_provider_share_nothing()
    {
        using ServiceProvider provider = new ServiceCollection().AddIopfModel().BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });
        ModeledHostFactory machines = provider.GetRequiredService<ModeledHostFactory>();
        using ModeledHost one = machines.Create(MachineSpec.OneDevice);
        using ModeledHost other = machines.Create(MachineSpec.OneDevice);

        Assert.NotSame(one.Kernel, other.Kernel);
        Assert.NotSame(one.Memory, other.Memory);
        Assert.NotSame(one.Vfio, other.Vfio);
        Assert.NotSame(one.Type1, other.Type1);
        Assert.Empty(one.Checkers.Intersect(other.Checkers));
    }

    [Fact]
    public void One_scope_is_one_host()
    {
        using ServiceProvider provider = new ServiceCollection().AddIopfModel().BuildServiceProvider();
        using IServiceScope scope = provider.CreateScope();
        using ModeledHost host = new(MachineSpec.OneDevice, scope.ServiceProvider);

        Assert.Same(host.Kernel, scope.ServiceProvider.GetRequiredService<HostKernel>());
        Assert.Throws<InvalidOperationException>(() => new ModeledHost(MachineSpec.OneDevice, scope.ServiceProvider));
    }

    [Fact]
    public void An_answer_of_the_callers_own_has_the_last_word_for_every_host()
    {
        IFaultWindow mine = Mock.Of<IFaultWindow>();
        ServiceCollection services = new();
        services.AddIopfModel();
        services.Replace(ServiceDescriptor.Singleton(mine));
        services.AddPageFaultHandler();

        using ServiceProvider provider = services.BuildServiceProvider();
        using IServiceScope scope = provider.CreateScope();

        Assert.Same(mine, scope.ServiceProvider.GetRequiredService<IFaultWindow>());
        Assert.Same(mine, provider.GetRequiredService<ModeledHostFactory>().Open().ServiceProvider.GetRequiredService<IFaultWindow>());
    }

    [Fact]
    public void An_own_answer_by_type_gets_the_hosts_services_and_the_callers()
    {
        ServiceCollection services = new();
        services.AddIopfModel();
        services.AddSingleton<Ruler>();
        services.Replace(ServiceDescriptor.Scoped<IFaultWindow, OwnWindow>());
        using ServiceProvider provider = services.BuildServiceProvider();

        using IServiceScope machine = provider.GetRequiredService<ModeledHostFactory>().Open();
        OwnWindow window = Assert.IsType<OwnWindow>(machine.ServiceProvider.GetRequiredService<IFaultWindow>());

        Assert.Same(machine.ServiceProvider.GetRequiredService<HostKernel>(), window.Kernel);
        Assert.Same(provider.GetRequiredService<Ruler>(), window.Ruler);
    }

    [Fact]
    public void What_an_own_answer_asks_of_the_caller_is_one_for_each_host_and_sees_that_host()
    {
        ServiceCollection services = new();
        services.AddIopfModel();
        services.AddScoped<Witness>();
        services.Replace(ServiceDescriptor.Scoped<IFaultWindow, WitnessedWindow>());
        using ServiceProvider provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
        using IServiceScope one = provider.GetRequiredService<ModeledHostFactory>().Open();
        using IServiceScope other = provider.GetRequiredService<ModeledHostFactory>().Open();
        using IServiceScope scope = provider.CreateScope();

        Witness first = ((WitnessedWindow)one.ServiceProvider.GetRequiredService<IFaultWindow>()).Witness;
        Witness second = ((WitnessedWindow)other.ServiceProvider.GetRequiredService<IFaultWindow>()).Witness;
        Witness third = ((WitnessedWindow)scope.ServiceProvider.GetRequiredService<IFaultWindow>()).Witness;

        Assert.NotSame(first, second);
        Assert.Same(one.ServiceProvider.GetRequiredService<HostKernel>(), first.Kernel);
        Assert.Same(scope.ServiceProvider.GetRequiredService<Witness>(), third);
        Assert.Same(scope.ServiceProvider.GetRequiredService<HostKernel>(), third.Kernel);
    }

    [Fact]
    public void What_an_own_answer_asks_of_the_caller_goes_with_the_host()
    {
        ServiceCollection services = new();
        services.AddIopfModel();
        services.AddScoped<Witness>();
        services.Replace(ServiceDescriptor.Scoped<IFaultWindow, WitnessedWindow>());
        using ServiceProvider provider = services.BuildServiceProvider();
        Witness witness;
        using (IServiceScope machine = provider.GetRequiredService<ModeledHostFactory>().Open())
        {
            witness = ((WitnessedWindow)machine.ServiceProvider.GetRequiredService<IFaultWindow>()).Witness;
            Assert.False(witness.IsGone);
        }

        Assert.True(witness.IsGone);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_method_of_a_patch_leaves_an_answer_of_the_callers_own_and_the_patch_is_on(bool isFirst)
    {
        IFaultWindow mine = Mock.Of<IFaultWindow>();
        ServiceCollection services = new();
        if (isFirst)
        {
            services.AddPremap();
        }

        services.AddIopfModel(options => options.Patches = PatchSet.None);
        services.Replace(ServiceDescriptor.Singleton(mine));
        if (!isFirst)
        {
            services.AddPremap();
        }

        using ServiceProvider provider = services.BuildServiceProvider();
        using ModeledHost host = provider.GetRequiredService<ModeledHostFactory>().Create(MachineSpec.OneDevice);
        using IServiceScope scope = provider.CreateScope();

        Assert.Equal(PatchSet.Of(4), host.Options.Patches);
        Assert.Same(mine, scope.ServiceProvider.GetRequiredService<IFaultWindow>());
        Assert.Same(mine, provider.GetRequiredService<ModeledHostFactory>().Open().ServiceProvider.GetRequiredService<IFaultWindow>());
    }

    [Fact]
    public void A_method_of_a_patch_after_the_model_puts_no_second_answer_beside_the_hosts()
    {
        ServiceCollection services = new();
        services.AddIopfModel(options => options.Patches = PatchSet.None);
        services.AddPageFaultHandler();
        using ServiceProvider provider = services.BuildServiceProvider();
        using IServiceScope scope = provider.CreateScope();
        MachineServices machine = scope.ServiceProvider.GetRequiredService<MachineServices>();

        Assert.Equal("FaultWorkers", machine.Provider.GetRequiredService<IHostFaultService>().GetType().Name);
        Assert.Same(machine.Provider.GetRequiredService<IHostFaultService>(), scope.ServiceProvider.GetRequiredService<IHostFaultService>());
    }

    [Fact]
    public void An_own_singleton_by_type_is_one_object_for_all_hosts_and_for_the_caller()
    {
        ServiceCollection services = new();
        services.AddIopfModel();
        services.AddSingleton<IFaultWindow, LoneWindow>();
        using ServiceProvider provider = services.BuildServiceProvider();
        ModeledHostFactory machines = provider.GetRequiredService<ModeledHostFactory>();
        using IServiceScope one = machines.Open();
        using IServiceScope other = machines.Open();

        Assert.Same(provider.GetRequiredService<IFaultWindow>(), one.ServiceProvider.GetRequiredService<IFaultWindow>());
        Assert.Same(one.ServiceProvider.GetRequiredService<IFaultWindow>(), other.ServiceProvider.GetRequiredService<IFaultWindow>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_own_singleton_that_asks_for_a_service_of_a_host_is_refused_at_the_first_host(bool isByType)
    {
        ServiceCollection services = new();
        services.AddIopfModel();
        services.AddSingleton<Ruler>();
        services.Replace(isByType
            ? ServiceDescriptor.Singleton<IFaultWindow, OwnWindow>()
            : ServiceDescriptor.Singleton<IFaultWindow>(provider => new OwnWindow(provider.GetRequiredService<HostKernel>(), new Ruler())));

        Assert.Contains("register it as Scoped", Assert.Throws<InvalidOperationException>(() => Make(services)).Message, StringComparison.Ordinal);
        Assert.Contains("register it as Scoped", Assert.Throws<InvalidOperationException>(() => Make(services)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Premap=4", "Premap = 4")]
    [InlineData("Cost=all", "Cost = all")]
    public void A_text_in_place_of_a_section_is_refused(string assignment, string named)
    {
        ServiceCollection services = new();
        services.AddIopfModel(Configuration(assignment));

        Assert.Contains(named, Assert.Throws<OptionsValidationException>(() => Make(services)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_own_invariant_joins_those_of_the_model()
    {
        ServiceCollection services = new();
        services.AddIopfModel();
        services.AddSingleton<IInvariantChecker>(_ => Mock.Of<IInvariantChecker>(checker => checker.Id == "X1"));

        using ModeledHost host = Make(services);

        Assert.Contains("X1", host.Checkers.Select(checker => checker.Id));
        Assert.Contains("M1", host.Checkers.Select(checker => checker.Id));
    }

    [Fact]
    public void An_own_answer_reads_the_callers_options_and_one_that_cannot_be_made_is_told_at_the_first_host()
    {
        ServiceCollection services = new();
        services.AddIopfModel();
        services.Configure<Setting>(setting => setting.X = 7);
        services.Replace(ServiceDescriptor.Scoped<IFaultWindow>(provider => new LoneWindow(provider.GetRequiredService<IOptions<Setting>>().Value.X)));
        using ServiceProvider provider = services.BuildServiceProvider();
        using IServiceScope machine = provider.GetRequiredService<ModeledHostFactory>().Open();
        ServiceCollection broken = new();
        broken.AddIopfModel();
        broken.Replace(ServiceDescriptor.Scoped<IFaultWindow, OwnWindow>());

        Assert.Equal(7, Assert.IsType<LoneWindow>(machine.ServiceProvider.GetRequiredService<IFaultWindow>()).X);
        Assert.Contains(nameof(Ruler), Assert.Throws<InvalidOperationException>(() => Make(broken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_host_was_made_of_does_not_change_when_its_options_are_written_to()
    {
        using ModeledHost host = Make(new ServiceCollection().AddIopfModel());

        host.Options.Patches = PatchSet.None;

        Assert.Equal(PatchSet.All, host.Options.Patches);
    }

    [Fact]
    public void A_value_that_does_not_fit_its_bounds_is_refused_like_any_other()
    {
        ServiceCollection services = new();
        services.AddIopfModel();
        services.Configure<CostOptions>(options => options.HandlerNanoseconds = long.MaxValue);

        Assert.Contains("Cost:HandlerNanoseconds", Assert.Throws<OptionsValidationException>(() => Make(services)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Premap:Lenght", "5")]
    [InlineData("Premap:Length", "0")]
    [InlineData("Premap:Length", "many")]
    public void A_factory_refuses_settings_that_are_not_allowed(string key, string value) =>
        Assert.Throws<InputException>(() => new ModeledHostFactory(PatchSet.All, new Dictionary<string, string> { [key] = value }));

    private static string WindowOf(ServiceCollection services)
    {
        using ServiceProvider provider = services.BuildServiceProvider();
        using IServiceScope machine = provider.GetRequiredService<ModeledHostFactory>().Open();
        return machine.ServiceProvider.GetRequiredService<IFaultWindow>().GetType().Name;
    }

    private static ModeledHost Make(IServiceCollection services) =>
        services.BuildServiceProvider().GetRequiredService<ModeledHostFactory>().Create(MachineSpec.OneDevice);

    private static IConfigurationRoot Configuration(params string[] assignments) =>
        new ConfigurationBuilder().AddInMemoryCollection(assignments.Select(text => new KeyValuePair<string, string?>(text.Split('=')[0], text.Split('=')[1]))).Build();

    private sealed class Ruler;

    private sealed class Witness(HostKernel kernel) : IDisposable
    {
        public HostKernel Kernel { get; } = kernel;

        public bool IsGone { get; private set; }

        public void Dispose() => IsGone = true;
    }

    private sealed class WitnessedWindow(Witness witness) : IFaultWindow
    {
        public Witness Witness { get; } = witness;

        public IovaRange Plan(Type1Container container, DmaMapping mapping, Iova page, IovaRange scope, Iommu.IommuProt access) => IovaRange.OfPages(page, 1);
    }

    private sealed class Setting
    {
        public int X { get; set; }
    }

    private sealed class LoneWindow(int x = 0) : IFaultWindow
    {
        public int X { get; } = x;

        public IovaRange Plan(Type1Container container, DmaMapping mapping, Iova page, IovaRange scope, Iommu.IommuProt access) => IovaRange.OfPages(page, 1);
    }

    private sealed class OwnWindow(HostKernel kernel, Ruler ruler) : IFaultWindow
    {
        public HostKernel Kernel { get; } = kernel;

        public Ruler Ruler { get; } = ruler;

        public IovaRange Plan(Type1Container container, DmaMapping mapping, Iova page, IovaRange scope, Iommu.IommuProt access) => IovaRange.OfPages(page, 1);
    }
}
