using Iopf.Kernel;
using Iopf.Schedulers;

namespace Iopf.Workloads;

/// <summary>One engine of the device: takes a message, reads and writes page after page, and posts its completion.</summary>
/// <remarks>One access stands for a page, as in <see cref="HisiSecTest"/>; the time a page takes passes when both its accesses are through.</remarks>
internal sealed class SecEngine(SecAccelerator device, TimedScheduler scheduler, HostKernel kernel) : ITimedActor
{
    private int _message;
    private Part _part = Part.Idle;
    private Hold _hold;
    private ulong _done;
    private long _page;
    private long _began;
    private long _heldSince;

    private enum Part
    {
        Idle,
        Submission,
        Key,
        Vector,
        Source,
        Destination,
        Completion,
    }

    private enum Hold
    {
        None,
        ByOwnFault,
        ByOthersFault,
    }

    /// <inheritdoc/>
    public void Act()
    {
        bool goesOn = !device.HasFailed && EndHold();
        while (goesOn)
        {
            goesOn = _part == Part.Idle ? TakeMessage() : Access();
        }
    }

    /// <summary>Whether the engine goes on at once; otherwise it acts again later, or never.</summary>
    private bool EndHold()
    {
        Hold ended = _hold;
        long waited = kernel.Clock.Now - _heldSince;
        _hold = Hold.None;
        switch (ended)
        {
            case Hold.ByOwnFault:
                device.Times.Faults++;
                device.Times.StallNanoseconds += waited;
                device.Times.LongestStallNanoseconds = Math.Max(device.Times.LongestStallNanoseconds, waited);
                device.Release(Where(out _, out _));
                return IsThrough();
            case Hold.ByOthersFault:
                device.Times.SharedNanoseconds += waited;
                return true;
            default:
                return true;
        }
    }

    private bool TakeMessage()
    {
        if (!device.TryTake(out _message, out _began))
        {
            return false;
        }

        (_part, _done, _page) = (Part.Submission, 0, 0);
        return IsTime(_began - kernel.Clock.Now);
    }

    private bool Access()
    {
        ulong address = Where(out int length, out bool write);
        _heldSince = kernel.Clock.Now;
        if (device.Holds(this, address))
        {
            _hold = Hold.ByOthersFault;
            return false;
        }

        if (device.Access(this, address, length, write))
        {
            return IsThrough();
        }

        _hold = Hold.ByOwnFault;
        return false;
    }

    private ulong Where(out int length, out bool write)
    {
        (length, write) = (SecBuffers.BlockBytes, false);
        switch (_part)
        {
            case Part.Submission:
                length = SecQueue.SubmissionBytes;
                return SecQueue.Submission(device.Platform.QueueBlock, _message);
            case Part.Key:
                return device.Buffers.Key;
            case Part.Vector:
                return device.Buffers.InitializationVector;
            case Part.Source:
                return device.Buffers.SourceOf(_message) + _done;
            case Part.Destination:
                write = true;
                return device.Buffers.DestinationOf(_message) + _done;
            default:
                (length, write) = (SecQueue.CompletionBytes, true);
                return SecQueue.Completion(device.Platform.QueueBlock, _message);
        }
    }

    /// <summary>The access is through: what comes next, and whether it comes at once.</summary>
    private bool IsThrough()
    {
        switch (_part)
        {
            case Part.Destination:
                return MovePage();
            case Part.Completion:
                device.Times.Messages++;
                device.Times.MessageNanoseconds += kernel.Clock.Now - _began;
                device.Times.LastEnd = Math.Max(device.Times.LastEnd, kernel.Clock.Now);
                _part = Part.Idle;
                return true;
            default:
                _part++;
                return true;
        }
    }

    private bool MovePage()
    {
        long pages = device.Buffers.PagesPerMessage;
        long total = device.Pace.MessageNanoseconds;
        long time = (total * (_page + 1) / pages) - (total * _page / pages);
        _page++;
        _done = SecBuffers.NextPage(device.Buffers.SourceOf(_message), _done);
        _part = _done < (ulong)device.Buffers.MessageBytes ? Part.Source : Part.Completion;
        device.Times.TransferNanoseconds += time;
        return IsTime(time);
    }

    private bool IsTime(long nanoseconds)
    {
        long then = kernel.Clock.Now + nanoseconds;
        if (scheduler.IsNext(then))
        {
            kernel.Clock.Advance(nanoseconds);
            return true;
        }

        scheduler.At(then, this);
        return false;
    }
}
