using System.Runtime.ExceptionServices;

namespace Iopf.Cli;

/// <summary>One thread for each processor, which do pieces of work that share nothing.</summary>
/// <remarks>
/// Each keeps to its processor: a run under a schedule hands the floor from thread to thread, and whoever gets it on another processor is slow to begin.
/// On systems other than Linux they run where they are put.
/// </remarks>
internal sealed class ProcessorCrew : IDisposable
{
    private Worker[] _workers = [];

    /// <summary>Does pieces of work and returns when all are done.</summary>
    /// <param name="count">How many.</param>
    /// <param name="work">Does one of them, by its number; from several threads.</param>
    /// <remarks>What a piece throws is thrown here when all are done; of several the one with the lowest number.</remarks>
    public void Do(int count, Action<int> work)
    {
        if (count == 1)
        {
            work(0);
            return;
        }

        if (_workers.Length == 0)
        {
            _workers = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(static number => new Worker(number))];
        }

        int next = -1;
        Exception?[] failures = new Exception?[count];
        Worker[] needed = _workers[..Math.Min(count, _workers.Length)];
        foreach (Worker worker in needed)
        {
            worker.Begin(() =>
            {
                for (int number = Interlocked.Increment(ref next); number < count; number = Interlocked.Increment(ref next))
                {
                    failures[number] = FailureOf(work, number);
                }
            });
        }

        Array.ForEach(needed, static worker => worker.AwaitEnd());
        if (Array.Find(failures, static failure => failure is not null) is { } first)
        {
            ExceptionDispatchInfo.Throw(first);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_workers, static worker => worker.Dispose());

    private static Exception? FailureOf(Action<int> work, int number)
    {
        try
        {
            work(number);
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    private sealed class Worker : IDisposable
    {
        private readonly SemaphoreSlim _begins = new(0);
        private readonly SemaphoreSlim _ends = new(0);
        private readonly Thread _thread;
        private Action? _work;

        public Worker(int number)
        {
            _thread = new Thread(() => Run(number)) { IsBackground = true, Name = $"worker {number}" };
            _thread.Start();
        }

        public void Begin(Action work)
        {
            _work = work;
            _begins.Release();
        }

        public void AwaitEnd() => _ends.Wait();

        public void Dispose()
        {
            _work = null;
            _begins.Release();
            _thread.Join();
            _begins.Dispose();
            _ends.Dispose();
        }

        private void Run(int number)
        {
            Affinity.KeepToProcessor(number);
            while (true)
            {
                _begins.Wait();
                if (_work is not { } work)
                {
                    return;
                }

                work();
                _ends.Release();
            }
        }
    }
}
