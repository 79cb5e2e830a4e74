using Microsoft.Extensions.DependencyInjection;

namespace OnePatch;

/// <summary>What holds for the method of each patch.</summary>
public sealed class EveryPatchTests
{
    public static TheoryData<string, Func<IServiceCollection?, IServiceCollection>> Methods => new()
    {
        { "1", services => services!.AddFaultReporting() },
        { "1, the core's half", services => services!.AddFaultReportingCore() },
        { "2", services => services!.AddPageFaultHandler() },
        { "3", services => services!.AddUnpinnedMapping() },
        { "4", services => services!.AddPremap() },
        { "5", services => services!.AddEnableIopf() },
        { "6", services => services!.AddDeferredMapping() },
        { "7", services => services!.AddSelectiveFaulting() },
        { "8", services => services!.AddNestedIopf() },
        { "8, the core's half", services => services!.AddNestedIopfCore() },
    };

    [Theory]
    [MemberData(nameof(Methods))]
    public void It_brings_all_that_its_answers_need(string patch, Func<IServiceCollection?, IServiceCollection> add)
    {
        ServiceCollection services = new();

        using ServiceProvider provider = add(services).BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

        Assert.NotEmpty(patch);
        Assert.NotEmpty(services);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Called_twice_it_adds_nothing_more(string patch, Func<IServiceCollection?, IServiceCollection> add)
    {
        ServiceCollection once = new();
        ServiceCollection twice = new();

        add(once);
        add(add(twice));

        Assert.NotEmpty(patch);
        Assert.Equal(once.Count, twice.Count);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void It_refuses_null(string patch, Func<IServiceCollection?, IServiceCollection> add)
    {
        Assert.NotEmpty(patch);
        Assert.Equal("services", Assert.Throws<ArgumentNullException>(() => add(null)).ParamName);
    }
}
