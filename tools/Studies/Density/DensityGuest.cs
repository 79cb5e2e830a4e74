using Iopf.Schedulers;

namespace Iopf.Density;

/// <summary>A guest with an assigned device: its memory, its message buffers, and the message that is under way.</summary>
internal sealed class DensityGuest
{
    private readonly ulong _future;
    private int _set;
    private Lots _lots;

    /// <summary>Lays out a guest.</summary>
    /// <param name="number">Which guest, from 0.</param>
    /// <param name="layout">Where things lie in its memory.</param>
    /// <param name="host">The host's memory.</param>
    /// <param name="accelerator">What it has a function of.</param>
    /// <param name="seed">The seed of all guests.</param>
    public DensityGuest(int number, GuestLayout layout, HostMemory host, Accelerator accelerator, ulong seed)
    {
        Number = number;
        Accelerator = accelerator;
        Memory = new GuestMemory(host, layout.Pages);
        _lots = new Lots(seed + ((ulong)number * 0x9e3779b97f4a7c15) + 1);
        Buffers = layout.Place(ref _lots);
        _future = _lots.Draw();
        Forget();
        Latencies = [];
    }

    /// <summary>Which guest, from 0.</summary>
    public int Number { get; }

    /// <summary>What it has a function of.</summary>
    public Accelerator Accelerator { get; }

    /// <summary>Its memory.</summary>
    public GuestMemory Memory { get; }

    /// <summary>Its buffers: source and destination of the first set, then of the next.</summary>
    public IReadOnlyList<MessageBuffer> Buffers { get; }

    /// <summary>The times of its measured messages, in nanoseconds.</summary>
    public List<long> Latencies { get; }

    /// <summary>Whether a message is under way.</summary>
    public bool IsSending { get; set; }

    /// <summary>When it began to start, in nanoseconds.</summary>
    public long StartedAt { get; set; }

    /// <summary>Whether its first message is done.</summary>
    public bool IsUp { get; set; }

    /// <summary>The buffer that the device reads.</summary>
    public MessageBuffer Source => Buffers[_set * 2];

    /// <summary>The buffer that the device writes.</summary>
    public MessageBuffer Destination => Buffers[(_set * 2) + 1];

    /// <summary>Pages the device has used of the message under way: source and destination in turn.</summary>
    public int Done { get; set; }

    /// <summary>When the message under way began, in nanoseconds.</summary>
    public long BegunAt { get; set; }

    /// <summary>When the message under way last went from one stage to the next, in nanoseconds.</summary>
    public long Since { get; set; }

    /// <summary>The stages of the message under way, as far as they are over.</summary>
    public MessageStages Stages { get; set; }

    /// <summary>The page the device uses next.</summary>
    public int NextPage => (Done % 2 == 0 ? Source : Destination)[Done / 2];

    /// <summary>Draws from here on what a guest draws that has no past, so that a past under one policy does not make another future.</summary>
    public void Forget()
    {
        _lots = new Lots(_future);
        _set = Draw(Buffers.Count / 2);
    }

    /// <summary>Draws a number for what its CPU does.</summary>
    /// <param name="bound">The bound; at least 1.</param>
    /// <returns>From 0 to one below the bound.</returns>
    public int Draw(int bound) => _lots.Below(bound);

    /// <summary>Takes up the next set of buffers for a message.</summary>
    /// <param name="now">When, in nanoseconds.</param>
    public void Begin(long now)
    {
        _set = (_set + 1) % (Buffers.Count / 2);
        Done = 0;
        BegunAt = now;
        Since = now;
        Stages = default;
        IsSending = true;
    }

    /// <summary>The device uses pages of the message under way as long as its IOMMU translates them.</summary>
    /// <param name="messagePages">Pages of a message's buffers.</param>
    /// <param name="isSeen">Whether reclaim learns of it.</param>
    /// <returns>How many pages it used; it stands at the first that is missing, or at the end.</returns>
    public int Pass(int messagePages, bool isSeen)
    {
        int before = Done;
        if (Memory.IsWhole || (Done == 0 && Memory.AreMapped(Source, isSeen) && Memory.AreMapped(Destination, isSeen)))
        {
            Done = messagePages;
            return Done - before;
        }

        for (; Done < messagePages && Memory.IsMapped(NextPage); Done++)
        {
            if (isSeen)
            {
                Memory.Host.Touch(Memory.ChunkOf(NextPage));
            }
        }

        return Done - before;
    }
}
