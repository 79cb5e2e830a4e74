using Microsoft.Extensions.DependencyInjection;

namespace Iopf;

/// <summary>The caller's services as one host sees them: a scope of the caller's container that stands for this host.</summary>
/// <param name="host">The host's services.</param>
/// <param name="caller">The caller's container.</param>
internal sealed class CallerServices(IServiceProvider host, IServiceProvider caller) : IDisposable
{
    private IServiceScope? _own;
    private IServiceProvider? _scope;

    /// <summary>The services, of a scope that is opened when they are first asked for.</summary>
    public IServiceProvider Provider => _scope ??= OpenScope();

    /// <summary>Makes a scope of the caller's the one that stands for this host.</summary>
    /// <param name="scope">The services of the scope.</param>
    public void Use(IServiceProvider scope) => _scope = scope;

    public void Dispose() => _own?.Dispose();

    private IServiceProvider OpenScope()
    {
        _own = caller.CreateScope();

        // A port that one of the caller's services asks for is this host's, and not one of another host.
        _own.ServiceProvider.GetRequiredService<MachineServices>().Use(host);
        return _own.ServiceProvider;
    }
}
