using System.Collections.Concurrent;

namespace Iopf.Kernel;

/// <summary>A thread of .NET that carries one controlled thread after another; parked in between, because making one costs more than a whole run.</summary>
internal sealed class CarrierThread
{
    // Each thread of the environment that runs models has carriers of its own, which share the processor that it may be tied to.
    [ThreadStatic]
    private static ConcurrentBag<CarrierThread>? _near;

    private readonly ConcurrentBag<CarrierThread> _parked;
    private readonly Baton _work = new();
    private readonly Baton _done = new();
    private Action? _body;

    private CarrierThread(ConcurrentBag<CarrierThread> parked)
    {
        _parked = parked;
        new Thread(Run) { IsBackground = true, Name = "carrier" }.Start();
    }

    /// <summary>Has a parked thread, or a new one, run something.</summary>
    /// <param name="body">What; must not throw.</param>
    /// <returns>The thread, to be joined.</returns>
    public static CarrierThread Start(Action body)
    {
        ConcurrentBag<CarrierThread> near = _near ??= [];
        CarrierThread thread = near.TryTake(out CarrierThread? parked) ? parked : new CarrierThread(near);
        thread._body = body;
        thread._work.Give();
        return thread;
    }

    /// <summary>Waits until what it runs has returned, and parks it.</summary>
    public void Join()
    {
        _done.Take();
        _parked.Add(this);
    }

    private void Run()
    {
        _near = _parked;
        while (true)
        {
            _work.Take();
            _body!();
            _body = null;
            _done.Give();
        }
    }
}
