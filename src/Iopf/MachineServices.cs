using Microsoft.Extensions.DependencyInjection;

namespace Iopf;

/// <summary>The services of the one host that a scope of a caller's container stands for, opened when they are first asked for.</summary>
internal sealed class MachineServices(ModeledHostFactory factory) : IDisposable
{
    private readonly Lazy<IServiceScope> _scope = new(factory.Open);

    /// <summary>The host's services.</summary>
    public IServiceProvider Provider => _scope.Value.ServiceProvider;

    public void Dispose()
    {
        if (_scope.IsValueCreated)
        {
            _scope.Value.Dispose();
        }
    }
}
