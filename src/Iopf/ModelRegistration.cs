using Iopf.Kernel;
using Iopf.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Iopf;

/// <summary>What a caller registered beside the model.</summary>
/// <param name="services">The caller's services, looked at whenever options or a container are made.</param>
internal sealed class ModelRegistration(IServiceCollection services) : IPostConfigureOptions<IopfOptions>
{
    /// <summary>The caller's own answers to ports, by port.</summary>
    public IEnumerable<IGrouping<Type, ServiceDescriptor>> OwnAnswers => services
        .Where(static service => !service.IsKeyedService && ModelComposition.IsOfModel(service.ServiceType) && !service.IsOfModel())
        .GroupBy(static service => service.ServiceType);

    /// <summary>Adds the patches that extension methods such as <c>AddPremap</c> switched on.</summary>
    /// <param name="name">The options' name; hosts have the options without one.</param>
    /// <param name="options">The options.</param>
    public void PostConfigure(string? name, IopfOptions options)
    {
        if (name == Options.DefaultName)
        {
            options.Patches = services.SwitchedOn().Aggregate(options.Patches, static (patches, number) => patches.With(number));
        }
    }
}
