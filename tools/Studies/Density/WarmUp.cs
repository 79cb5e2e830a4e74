using Iopf.Density.Policies;

namespace Iopf.Density;

/// <summary>Brings memory to where it is when guests have run for long, before virtual time begins: what is there, and the order in which reclaim would take it.</summary>
/// <param name="guests">The guests.</param>
/// <param name="policy">How memory gets to devices.</param>
/// <param name="layout">Where things lie in a guest's memory.</param>
/// <param name="options">What guests do, and for how long they have done it.</param>
internal sealed class WarmUp(IReadOnlyList<DensityGuest> guests, IDevicePolicy policy, GuestLayout layout, DensityOptions options)
{
    private const int Looks = 16;

    private readonly int _sets = layout.DmaPages / layout.MessagePages;
    private readonly int _messages = (int)Math.Min(100_000, options.SettleMilliseconds * 1000L / Math.Max(1000, options.ThinkMicroseconds));

    /// <summary>Warms the guests up: what starting touched, then everything else in the order of its last use; then each buffer is used once more.</summary>
    public void Run()
    {
        if (guests.Count == 0)
        {
            return;
        }

        foreach (DensityGuest guest in guests)
        {
            policy.Assign(guest);
        }

        if (guests[0].Memory.IsWhole)
        {
            return;
        }

        for (int page = 0; page < layout.BootPages; page += Chunk.Pages)
        {
            foreach (DensityGuest guest in guests)
            {
                guest.Memory.Use(page, now: 0, faultNanoseconds: 0);
            }
        }

        Replay();
        for (int message = 0; message < _sets && guests[0].Memory.Host.Counts.Reclaimed > 0; message++)
        {
            foreach (DensityGuest guest in guests)
            {
                GuestCpu.Compute(guest, layout, options, now: 0);
                Send(guest);
            }
        }
    }

    private void Replay()
    {
        int pieces = layout.WorkingPages / Chunk.Pages;
        bool isKept = policy.LearnsOfUse && policy.PinnedAtMost(layout) == 0;
        if (isKept)
        {
            Arrive();
        }

        UseHistory[] histories = [.. guests.Select(guest => new UseHistory(guest, pieces, options.CpuTouches, _messages))];
        int span = policy.LearnsOfUse ? 0 : LifeOf(histories[0], pieces);
        // What reclaim does not see being used is as old as its last fault, which may be anywhere in the life of a page.
        int[][] sends = [.. guests.Select(guest => Enumerable.Range(0, _sets).Select(_ => span == 0 ? _messages : guest.Draw(span + 1)).OrderDescending().ToArray())];
        int[] sent = new int[guests.Count];
        for (int age = _messages; age >= 0; age--)
        {
            if (isKept && age % ((_messages / Looks) + 1) == 0)
            {
                Keep(guests.Count);
            }

            for (int i = 0; i < guests.Count; i++)
            {
                for (; sent[i] < _sets && sends[i][sent[i]] >= age; sent[i]++)
                {
                    Send(guests[i]);
                }

                foreach (int piece in histories[i].Used(age))
                {
                    guests[i].Memory.Use(layout.BootPages + (piece * Chunk.Pages), now: 0, faultNanoseconds: 0);
                }
            }
        }
    }

    // Guests come one after another, and those that are there go on using their buffers: what a window mapped beyond them grows old.
    private void Arrive()
    {
        for (int i = 0; i < guests.Count; i++)
        {
            for (int set = 0; set < _sets; set++)
            {
                Send(guests[i]);
            }

            if (i % Looks == 0)
            {
                Keep(i);
            }
        }
    }

    private void Keep(int count)
    {
        for (int i = 0; i < count; i++)
        {
            for (int set = 0; set < _sets; set++)
            {
                Send(guests[i]);
            }
        }
    }

    /// <summary>How many messages a page that is not seen being used stays: until so much else was used that memory is full.</summary>
    private int LifeOf(UseHistory history, int pieces)
    {
        long mapped = guests[0].Memory.Host.Mapped;
        for (int set = 0; set < _sets; set++)
        {
            Send(guests[0]);
        }

        long forDevice = guests[0].Memory.Host.Mapped - mapped;
        long left = Math.Max(0, (guests[0].Memory.Host.Frames / guests.Count) - forDevice) / Chunk.Pages;
        return left >= pieces ? _messages : history.AgeOf(left);
    }

    private void Send(DensityGuest guest)
    {
        guest.Begin(now: 0);
        GuestCpu.TouchBuffers(guest, options, now: 0);
        policy.Prepare(guest, now: 0);
        for (guest.Pass(layout.MessagePages, options.DeviceAccessesAge); guest.Done < layout.MessagePages; guest.Pass(layout.MessagePages, options.DeviceAccessesAge))
        {
            policy.Fault(guest, now: 0);
        }

        policy.Complete(guest, now: 0);
        guest.IsSending = false;
    }
}
