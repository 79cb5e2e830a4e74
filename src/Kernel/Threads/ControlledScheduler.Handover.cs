namespace Iopf.Kernel;

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
            _failure ??= end;
        }

        carrier.IsActive = false;
        End(carrier);
    }

    private void RunActivations(Carrier carrier)
    {
        while (carrier.IsActive && !IsAborting)
        {
            carrier.Identity.IsReady = false;
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
                _failure ??= end;
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
            _failure ??= end;
            _finished.Give();
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
                throw _failure = Deadlock();
            }

            _finished.Give();
            return false;
        }

        int chosen = _schedule!.Next(_carriers, from is { IsActive: true } ? from.Index : -1);
        if (chosen < 0)
        {
            throw _failure = new RunGivenUpException();
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
