using Iopf.Kernel;

namespace Iopf.Schedulers;

/// <content>How the baton goes from thread to thread, and how a run ends.</content>
public sealed partial class ControlledScheduler
{
    private void Run(Carrier carrier, Action body)
    {
        try
        {
            if (!IsAborting)
            {
                body();
            }
        }
        catch (RunAbortedException)
        {
            // Another thread ended the run; this one is unwound.
        }
        catch (Exception end)
        {
            Fail(end);
        }

        carrier.IsActive = false;
        End(carrier);
    }

    private void RunActivations(Carrier carrier)
    {
        while (carrier.IsActive && !IsAborting)
        {
            carrier.Identity.IsReady = false;
            _schedule!.Touched(carrier.Index, carrier.Name, TouchKinds.Takes);
            try
            {
                carrier.Identity.Activation!();
                RequireNoLockHeld(carrier.Identity);
            }
            catch (RunAbortedException)
            {
                return;
            }
            catch (Exception end)
            {
                Fail(end);
                _finished.Give();
                return;
            }

            if (!carrier.Identity.IsReady)
            {
                carrier.IsActive = false;
                End(carrier);
                carrier.Take();
            }
        }
    }

    /// <summary>A thread has nothing left to do: another one goes on, or the run is over.</summary>
    private void End(Carrier carrier)
    {
        if (IsAborting)
        {
            _finished.Give();
            return;
        }

        try
        {
            Handover(carrier);
        }
        catch (Exception end) when (end is DeadlockException or RunGivenUpException)
        {
            Fail(end);
            _finished.Give();
        }
    }

    /// <summary>Ends the run, for the first reason there is; the schedule learns what the others were about to do.</summary>
    private void Fail(Exception end)
    {
        if (_failure is null)
        {
            _schedule!.Ended(_carriers);
            _failure = end;
        }
    }

    private void Yield(Carrier carrier, in SchedulePoint point)
    {
        carrier.Pending = point;
        PassOn(carrier);
    }

    /// <summary>Lets the schedule decide who goes on, and waits for the baton if it is somebody else.</summary>
    private void PassOn(Carrier? from)
    {
        if (!Handover(from) && from is not null)
        {
            from.Take();
            if (IsAborting)
            {
                throw new RunAbortedException();
            }

            _running = from;
        }

        if (from is not null)
        {
            Running = from.Identity;
        }
    }

    /// <summary>Hands the baton on.</summary>
    /// <returns>Whether it stays where it is.</returns>
    private bool Handover(Carrier? from)
    {
        if (!_carriers.Exists(static carrier => carrier.IsRunnable))
        {
            if (_carriers.Exists(static carrier => carrier.IsActive))
            {
                Fail(Deadlock());
                throw _failure!;
            }

            _finished.Give();
            return false;
        }

        int chosen = _schedule!.Next(_carriers, from is { IsActive: true } ? from.Index : -1);
        if (chosen < 0)
        {
            _failure = new RunGivenUpException();
            throw _failure;
        }

        Carrier next = _carriers[chosen];
        if (ReferenceEquals(next, from))
        {
            return true;
        }

        _running = next;
        next.Give();
        return false;
    }

    private DeadlockException Deadlock()
    {
        List<Carrier> stuck = _carriers.FindAll(static carrier => carrier.IsActive);
        return new DeadlockException(string.Join("; ", stuck.Select(carrier => carrier.Describe())))
        {
            Promise = stuck.Exists(static carrier => carrier.BlockedOn is not null) ? "L2" : "R1",
        };
    }

    /// <summary>Unwinds a thread of a run that another thread has ended.</summary>
    private sealed class RunAbortedException : Exception;
}
