#pragma warning disable RS0030 // The one place where threads of .NET wait for each other: below every lock of the model.
namespace Iopf.Schedulers;

/// <summary>Something that one party gives and another takes; whoever takes waits until it is given.</summary>
internal sealed class Baton
{
    // Whoever is next is ready to run: giving the processor away is cheaper than being put to sleep and woken.
    private const int Yields = 64;

    private readonly object _gate = new();
    private volatile bool _isGiven;
    private bool _isAwaited;

    /// <summary>Gives it; giving it again before it is taken has no further effect.</summary>
    public void Give()
    {
        lock (_gate)
        {
            _isGiven = true;
            if (_isAwaited)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>Waits until it is given, and takes it.</summary>
    public void Take()
    {
        for (int i = 0; i < Yields && !_isGiven; i++)
        {
            Thread.Yield();
        }

        lock (_gate)
        {
            while (!_isGiven)
            {
                _isAwaited = true;
                Monitor.Wait(_gate);
                _isAwaited = false;
            }

            _isGiven = false;
        }
    }
}
