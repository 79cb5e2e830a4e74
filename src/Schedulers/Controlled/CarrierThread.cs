using System.Collections.Concurrent;

namespace Iopf.Schedulers;

/// <summary>A thread of .NET that carries one controlled thread after another; parked in between, because making one costs more than a whole run.</summary>
internal sealed class CarrierThread
{
    private static readonly ConcurrentBag<CarrierThread> Parked = [];

    private readonly Baton _work = new();
    private readonly Baton _done = new();
    private Action? _body;

    private CarrierThread(string name) => new Thread(Run) { IsBackground = true, Name = name }.Start();

    /// <summary>Has a parked thread, or a new one, run something.</summary>
    /// <param name="body">What; must not throw.</param>
    /// <returns>The thread, to be joined.</returns>
    public static CarrierThread Start(Action body)
    {
        CarrierThread thread = Parked.TryTake(out CarrierThread? parked) ? parked : new CarrierThread("carrier");
        thread._body = body;
        thread._work.Give();
        return thread;
    }

    /// <summary>Waits until what it runs has returned, and parks it.</summary>
    public void Join()
    {
        _done.Take();
        Parked.Add(this);
    }

    private void Run()
    {
        while (true)
        {
            _work.Take();
            _body!();
            _body = null;
            _done.Give();
        }
    }
}
