using Microsoft.Extensions.DependencyInjection;

namespace Iopf;

/// <summary>The services of the one host that a scope of a caller's container stands for, opened when they are first asked for.</summary>
/// <param name="factory">Opens them.</param>
/// <param name="scope">The services of the caller's scope.</param>
internal sealed class MachineServices(ModeledHostFactory factory, IServiceProvider scope) : IDisposable
{
    private IServiceScope? _own;
    private IServiceProvider? _host;

    /// <summary>The host's services.</summary>
    public IServiceProvider Provider => _host ??= OpenHost();

    /// <summary>Makes a host the one that the scope stands for.</summary>
    /// <param name="host">The host's services.</param>
    public void Use(IServiceProvider host) => _host = host;

    public void Dispose() => _own?.Dispose();

    private IServiceProvider OpenHost()
    {
        _own = factory.Open();
        _own.ServiceProvider.GetService<CallerServices>()?.Use(scope);
        return _own.ServiceProvider;
    }
}
