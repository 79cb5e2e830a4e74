using System.Collections.Concurrent;

namespace Iopf.Cli.Sweeping;

/// <summary>Does pieces of work side by side, each worker by itself, and hands the results out in the order of the pieces.</summary>
/// <param name="workers">How many workers; 1 or more.</param>
internal sealed class SweepWorkers(int workers)
{
    // How far the fastest worker may be ahead of the slowest piece, per worker.
    private const int Ahead = 256;

    private readonly record struct Piece<T>(long Number, T? Result, Exception? Failure);

    /// <summary>Does the pieces.</summary>
    /// <typeparam name="T">What a piece results in.</typeparam>
    /// <param name="first">The number of the first piece.</param>
    /// <param name="count">One more than the number of the last.</param>
    /// <param name="work">Does a piece; from several threads.</param>
    /// <param name="take">Takes the results in order, on the caller's thread. What it throws ends the work.</param>
    /// <param name="cancel">Ends the work after the pieces that are begun; what is done of them in order is taken.</param>
    public void Do<T>(long first, long count, Func<long, T> work, Action<long, T> take, CancellationToken cancel)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using SemaphoreSlim permits = new(Ahead * workers);
        using BlockingCollection<Piece<T>> done = [];
        long next = first - 1;
        int working = workers;
        Thread[] threads = [.. Enumerable.Range(0, workers).Select(number => new Thread(() =>
        {
            Work(ref next, count, work, permits, done, stop.Token);
            if (Interlocked.Decrement(ref working) == 0)
            {
                done.CompleteAdding();
            }
        })
        { Name = $"sweep worker {number}", IsBackground = true })];
        Array.ForEach(threads, static thread => thread.Start());
        try
        {
            TakeInOrder(first, done, permits, take);
        }
        finally
        {
            stop.Cancel();
            Array.ForEach(threads, static thread => thread.Join());
        }
    }

    private static void Work<T>(
        ref long next, long count, Func<long, T> work, SemaphoreSlim permits, BlockingCollection<Piece<T>> done, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                permits.Wait(stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            long number = Interlocked.Increment(ref next);
            if (number >= count)
            {
                return;
            }

            done.Add(Do(number, work), CancellationToken.None);
        }
    }

    private static Piece<T> Do<T>(long number, Func<long, T> work)
    {
        try
        {
            return new Piece<T>(number, work(number), null);
        }
        catch (Exception failure)
        {
            return new Piece<T>(number, default, failure);
        }
    }

    private static void TakeInOrder<T>(long first, BlockingCollection<Piece<T>> done, SemaphoreSlim permits, Action<long, T> take)
    {
        Dictionary<long, Piece<T>> early = [];
        long awaited = first;
        foreach (Piece<T> piece in done.GetConsumingEnumerable())
        {
            early.Add(piece.Number, piece);
            while (early.Remove(awaited, out Piece<T> its))
            {
                if (its.Failure is not null)
                {
                    System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(its.Failure);
                }

                take(awaited++, its.Result!);
                permits.Release();
            }
        }
    }
}
