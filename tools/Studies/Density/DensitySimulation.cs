using Iopf.Density.Policies;
using Iopf.Kernel;

namespace Iopf.Density;

/// <summary>A host with guests under one policy, over virtual time: what happens, event after event.</summary>
internal sealed class DensitySimulation
{
    private const long Millisecond = 1_000_000;
    private const long SampleEvery = 100 * Millisecond;
    private const long AfterAll = 1000 * Millisecond;

    private readonly DensityOptions _options;
    private readonly IDevicePolicy _policy;
    private readonly GuestLayout _layout;
    private readonly Accelerator[] _accelerators;
    private readonly DensityGuest[] _guests;
    private readonly Agenda _agenda = new();
    private readonly long _pageNanoseconds;
    private int _started;

    /// <summary>Sets up a host with as many of the guests as it admits.</summary>
    /// <param name="spec">The host and the guests.</param>
    /// <param name="policy">How memory gets to devices.</param>
    /// <param name="guests">How many guests are asked for.</param>
    public DensitySimulation(DensitySpec spec, IDevicePolicy policy, int guests)
    {
        (_options, _policy) = (spec.Options, policy);
        _layout = new GuestLayout(spec, _options);
        _accelerators = [.. Enumerable.Range(0, _options.Accelerators).Select(_ => new Accelerator(_options, spec.Costs))];
        Memory = new HostMemory(spec.GuestFrames, _options, spec.Costs);
        long pinned = policy.PinnedAtMost(_layout);
        // Whoever faults needs frames that can be reclaimed; guests that are pinned as a whole do not fault.
        long pinnable = spec.GuestFrames - (pinned == _layout.Pages ? 0 : DensitySpec.LeastFrames / 2);
        long admitted = pinned == 0 ? guests : Math.Min(guests, pinnable / pinned);
        _guests = [.. Enumerable.Range(0, (int)admitted).Select(number =>
            new DensityGuest(number, _layout, Memory, _accelerators[number % _accelerators.Length], spec.Seed))];
        long transfer = (long)_options.TransferNanosecondsPerMebibyte * _options.MessageBytes / 1_048_576;
        _pageNanoseconds = transfer / _layout.MessagePages;
    }

    /// <summary>The host's memory.</summary>
    public HostMemory Memory { get; }

    /// <summary>Guests that the host admits.</summary>
    public IReadOnlyList<DensityGuest> Guests => _guests;

    /// <summary>The accelerators.</summary>
    public IReadOnlyList<Accelerator> Accelerators => _accelerators;

    /// <summary>What is measured.</summary>
    public DensityMeter Meter { get; } = new();

    /// <summary>The time the last guest took from its creation to the end of its first message, in nanoseconds.</summary>
    public long StartNanoseconds { get; private set; }

    /// <summary>When a guest begins to start, if guests start one after another.</summary>
    /// <param name="number">Which guest, from 0.</param>
    /// <param name="options">The time between two of them.</param>
    /// <returns>Nanoseconds.</returns>
    public static long StartsAt(int number, DensityOptions options) => (long)number * options.StartIntervalMilliseconds * Millisecond;

    /// <summary>Runs until all is measured.</summary>
    public void Run()
    {
        if (_guests.Length == 0)
        {
            return;
        }

        Begin();
        long sampleAt = 0;
        long end = long.MaxValue;
        while (_agenda.NextAt() <= end)
        {
            for (; sampleAt <= _agenda.NextAt(); sampleAt += SampleEvery)
            {
                Meter.Samples.Add(new MemorySample(sampleAt, _started, Memory.Resident, Memory.Pinned, Memory.Mapped, Memory.Swapped));
            }

            if (_agenda.NextAt() >= Meter.From && Meter.CountsBefore is null)
            {
                Meter.Open(Memory, _accelerators);
            }

            Step();
            end = Meter.Until;
        }

        Meter.Close(Memory, _accelerators);
    }

    private void Begin()
    {
        if (_options.StartIntervalMilliseconds > 0)
        {
            for (int i = 0; i < _guests.Length; i++)
            {
                _agenda.Note(StartsAt(i, _options), DensityEvent.Start, _guests[i]);
            }

            return;
        }

        Memory.IsSettling = true;
        new WarmUp([.. _guests.SkipLast(1)], _policy, _layout, _options).Run();
        Memory.IsSettling = false;
        foreach (Accelerator accelerator in _accelerators)
        {
            accelerator.Events.Rest();
        }

        foreach (DensityGuest guest in _guests.SkipLast(1))
        {
            guest.Forget();
            guest.IsUp = true;
            _started++;
            _agenda.Note(Think(guest), DensityEvent.Compute, guest);
            NoteScan(guest, 0);
        }

        _agenda.Note(AfterAll, DensityEvent.Start, _guests[^1]);
    }

    private void Step()
    {
        (DensityEvent what, DensityGuest guest) = _agenda.Next();
        long now = _agenda.Now;
        switch (what)
        {
            case DensityEvent.Start:
                Start(guest, now);
                break;
            case DensityEvent.Compute:
                _agenda.Note(now + GuestCpu.Compute(guest, _layout, _options, now), DensityEvent.Send, guest);
                break;
            case DensityEvent.Send:
                Send(guest, now);
                break;
            case DensityEvent.Arrive:
                guest.Since = now;
                if (guest.Accelerator.TryBegin(guest))
                {
                    Advance(guest, now);
                }

                break;
            case DensityEvent.Run:
                Advance(guest, now);
                break;
            case DensityEvent.Fault:
                Fault(guest, now);
                break;
            case DensityEvent.Transferred:
                Transferred(guest, now);
                break;
            case DensityEvent.Over:
                Over(guest, now);
                break;
            case DensityEvent.Scan:
                _policy.Scan(guest);
                NoteScan(guest, now);
                break;
        }
    }

    private void Start(DensityGuest guest, long now)
    {
        _started++;
        guest.StartedAt = now;
        long time = _policy.Assign(guest);
        for (int page = 0; page < _layout.BootPages; page += Chunk.Pages)
        {
            time += guest.Memory.Use(page, now + time, _options.CpuFaultNanoseconds);
        }

        NoteScan(guest, now);
        _agenda.Note(now + time, DensityEvent.Send, guest);
    }

    private void Send(DensityGuest guest, long now)
    {
        guest.Begin(now);
        long time = GuestCpu.TouchBuffers(guest, _options, now);
        time += _policy.Prepare(guest, now + time);
        guest.Stages += new MessageStages(time, 0, 0, 0, 0);
        _agenda.Note(now + time, DensityEvent.Arrive, guest);
    }

    // From where the engine is to the next page that is missing, or to the end.
    private void Advance(DensityGuest guest, long now)
    {
        if (guest.Done == 0)
        {
            guest.Stages += new MessageStages(0, now - guest.Since, 0, 0, 0);
        }

        long time = guest.Pass(_layout.MessagePages, _options.DeviceAccessesAge) * _pageNanoseconds;
        guest.Stages += new MessageStages(0, 0, 0, time, 0);
        _agenda.Note(now + time, guest.Done < _layout.MessagePages ? DensityEvent.Fault : DensityEvent.Transferred, guest);
    }

    private void Fault(DensityGuest guest, long now)
    {
        int page = guest.NextPage;
        int chunk = guest.Memory.ChunkOf(page);
        Memory.Counts.Faults++;
        Memory.Counts.Refaults += (Memory[chunk].Lost & Chunk.Bits(page % Chunk.Pages, 1)) == 0 ? 0 : 1;
        long time = _policy.Fault(guest, now);
        // The page that was waited for is used at once, whatever reclaim does next.
        guest.Done++;
        guest.Stages += new MessageStages(0, 0, time, _pageNanoseconds, 0);
        _agenda.Note(now + time + _pageNanoseconds, DensityEvent.Run, guest);
    }

    private void Transferred(DensityGuest guest, long now)
    {
        if (guest.Accelerator.End() is DensityGuest next)
        {
            Advance(next, now);
        }

        long time = _policy.Complete(guest, now);
        guest.Stages += new MessageStages(0, 0, 0, 0, time);
        _agenda.Note(now + time, DensityEvent.Over, guest);
    }

    private void Over(DensityGuest guest, long now)
    {
        guest.IsSending = false;
        Invariant.Hold(guest.Stages.Total == now - guest.BegunAt, "the time of a message is the sum of its stages");
        Meter.Add(guest, now);
        if (!guest.IsUp)
        {
            guest.IsUp = true;
            if (guest == _guests[^1])
            {
                StartNanoseconds = now - guest.StartedAt;
                Meter.Expect(now + AfterAll, _options.MeasureMilliseconds * Millisecond);
            }
        }

        _agenda.Note(now + Think(guest), DensityEvent.Compute, guest);
    }

    private void NoteScan(DensityGuest guest, long now) => _agenda.Note(now + (_options.UnpinIntervalMilliseconds * Millisecond), DensityEvent.Scan, guest);

    private long Think(DensityGuest guest)
    {
        int mean = _options.ThinkMicroseconds;
        return ((mean / 2) + guest.Draw(mean + 1)) * 1000L;
    }
}
