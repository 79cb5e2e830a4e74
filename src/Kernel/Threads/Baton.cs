#pragma warning disable RS0030 // The one place where threads of .NET wait for each other: below every lock of the model.
namespace Iopf.Kernel;

/// <summary>Something that one party gives and another takes; whoever takes waits until it is given.</summary>
internal sealed class Baton
{
    private readonly object _gate = new();
    private bool _isGiven;

    /// <summary>Gives it; giving it again before it is taken has no further effect.</summary>
    public void Give()
    {
        lock (_gate)
        {
            _isGiven = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits until it is given, and takes it.</summary>
    public void Take()
    {
        lock (_gate)
        {
            while (!_isGiven)
            {
                Monitor.Wait(_gate);
            }

            _isGiven = false;
        }
    }
}
