using Iopf.Kernel;
using Iopf.Schedulers;

namespace Iopf.Density;

/// <summary>Where things lie in a guest's memory: what starting touches, then the CPU's part of the working set, then buffers scattered over the rest.</summary>
internal sealed class GuestLayout
{
    private const int PagesPerMebibyte = 256;
    private const int MallocHeaderBytes = 16;

    private readonly int _sets;
    private readonly int _bufferPages;
    private readonly int _runPages;
    private readonly int _cellPages;
    private readonly int _cells;

    /// <summary>Lays out guests.</summary>
    /// <param name="spec">How large they are.</param>
    /// <param name="options">What they hold.</param>
    /// <exception cref="InputException">Something does not fit.</exception>
    public GuestLayout(DensitySpec spec, DensityOptions options)
    {
        Pages = spec.GuestMebibytes * PagesPerMebibyte;
        BootPages = options.BootMebibytes * PagesPerMebibyte;
        WorkingPages = (spec.WorkingSetMebibytes - options.DmaMebibytes) * PagesPerMebibyte;
        // A buffer comes from malloc: the message begins 16 bytes into the first page, and may spill into one more.
        _bufferPages = (MallocHeaderBytes + options.MessageBytes + 4095) / 4096;
        _runPages = Math.Min(options.RunPages, _bufferPages);
        _sets = options.DmaMebibytes * PagesPerMebibyte / (2 * _bufferPages);
        _cellPages = (_runPages + Chunk.Pages - 1) / Chunk.Pages * Chunk.Pages;
        _cells = Math.Max(0, Pages - BootPages - WorkingPages) / _cellPages;
        if (WorkingPages < 0)
        {
            throw new InputException($"--working-set: the {options.DmaMebibytes} MiB of Density:DmaMebibytes are part of it; expected more");
        }

        if (_sets < 1 || _cells < _sets * 2 * Runs)
        {
            throw new InputException(
                "--guest-memory: a guest's start, working set and message buffers do not fit; expected more memory, or less of --working-set, Density:BootMebibytes or Density:MessageBytes");
        }
    }

    /// <summary>Pages of a guest.</summary>
    public int Pages { get; }

    /// <summary>Pages that starting touches; they lie at the beginning.</summary>
    public int BootPages { get; }

    /// <summary>Pages of the working set that the CPU touches; they follow.</summary>
    public int WorkingPages { get; }

    /// <summary>Pages of all message buffers.</summary>
    public int DmaPages => _sets * 2 * _bufferPages;

    /// <summary>Pages of one message's buffers.</summary>
    public int MessagePages => 2 * _bufferPages;

    private int Runs => (_bufferPages + _runPages - 1) / _runPages;

    /// <summary>Draws places for the buffers of one guest.</summary>
    /// <param name="lots">What to draw from.</param>
    /// <returns>Source and destination of the first set, then of the next.</returns>
    public IReadOnlyList<MessageBuffer> Place(ref Lots lots)
    {
        int[] cells = [.. Enumerable.Range(0, _cells)];
        MessageBuffer[] buffers = new MessageBuffer[_sets * 2];
        int used = 0;
        for (int i = 0; i < buffers.Length; i++)
        {
            PageRun[] runs = new PageRun[Runs];
            for (int run = 0; run < runs.Length; run++)
            {
                int drawn = used + lots.Below(_cells - used);
                (cells[used], cells[drawn]) = (cells[drawn], cells[used]);
                int first = BootPages + WorkingPages + (cells[used++] * _cellPages);
                runs[run] = new PageRun(first, Math.Min(_runPages, _bufferPages - (run * _runPages)));
            }

            buffers[i] = new MessageBuffer(runs);
        }

        return buffers;
    }
}
