using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Schedulers;

namespace Iopf.Workloads;

/// <summary>The device of the test: engines side by side, fed from one queue of messages, behind one SMMU.</summary>
/// <remarks>
/// An access to a page that a stalled transaction of the device already waits for is kept back until that one goes on, as an SMMU may do
/// that suppresses duplicate stalls (IHI 0070, 3.12.2.2): otherwise every message in flight would fault on the page.
/// </remarks>
internal sealed class SecAccelerator
{
    private readonly TimedScheduler _scheduler;
    private readonly HostKernel _kernel;
    private readonly ITimedSecPlatform _platform;
    private readonly SecPace _pace;
    private readonly int _messages;
    private readonly Dictionary<ulong, List<SecEngine>> _held = [];
    private readonly Dictionary<int, SecEngine> _stalled = [];
    private readonly byte[] _bytes = new byte[SecQueue.SubmissionBytes];
    private int _taken;
    private long _nextStart;

    /// <summary>Creates the device with its engines idle.</summary>
    /// <param name="scheduler">The calendar.</param>
    /// <param name="kernel">The clock.</param>
    /// <param name="platform">Where the test runs.</param>
    /// <param name="buffers">Its memory.</param>
    /// <param name="pace">How fast it is.</param>
    /// <param name="messages">How many messages are sent.</param>
    public SecAccelerator(
        TimedScheduler scheduler, HostKernel kernel, ITimedSecPlatform platform, SecBuffers buffers, SecPace pace, int messages)
    {
        (_scheduler, _kernel, _platform, _pace, _messages) = (scheduler, kernel, platform, pace, messages);
        Buffers = buffers;
        _platform.Engine.Ended = OnEnded;
    }

    /// <summary>The memory it works on.</summary>
    public SecBuffers Buffers { get; }

    /// <summary>Where its engines' time went.</summary>
    public EngineTimes Times { get; } = new();

    /// <summary>How fast it is.</summary>
    public SecPace Pace => _pace;

    /// <summary>Where the test runs.</summary>
    public ITimedSecPlatform Platform => _platform;

    /// <summary>Whether a DMA was aborted: the test cannot go on.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Whether there is nothing left to do.</summary>
    public bool IsDone => HasFailed || Times.Messages == _messages;

    /// <summary>Lets the engines begin.</summary>
    public void Start()
    {
        _nextStart = _kernel.Clock.Now;
        for (int i = 0; i < Math.Min(_pace.Engines, _messages); i++)
        {
            _scheduler.At(_nextStart, new SecEngine(this, _scheduler, _kernel));
        }
    }

    /// <summary>Gives an idle engine the next message; its sender has just written it to the queue.</summary>
    /// <param name="message">Its number.</param>
    /// <param name="start">When the engine can begin with it.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryTake(out int message, out long start)
    {
        message = _taken;
        start = Math.Max(_kernel.Clock.Now, _nextStart);
        if (HasFailed || _taken == _messages)
        {
            return false;
        }

        _taken++;
        _nextStart = start + _pace.SpacingNanoseconds;
        _platform.Cpu(SecQueue.Submission(_platform.QueueBlock, message), SecQueue.SubmissionBytes, write: true);
        return true;
    }

    /// <summary>Keeps an engine back if its page is already waited for.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="address">What it is about to access.</param>
    /// <returns>Whether it is kept back; it acts again when the page is there.</returns>
    public bool Holds(SecEngine engine, ulong address)
    {
        if (_held.Count == 0 || !_held.TryGetValue(Page.StartOf(address), out List<SecEngine>? waiting))
        {
            return false;
        }

        waiting.Add(engine);
        return true;
    }

    /// <summary>Accesses memory.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="address">The first byte; no page is crossed.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="write">Whether it writes.</param>
    /// <returns>Whether it is through; if it stalls, the engine acts again when it has ended.</returns>
    public bool Access(SecEngine engine, ulong address, int length, bool write)
    {
        DmaAccess access = _platform.AccessOf(address) with { IsWrite = write };
        switch (_platform.Engine.Begin(_platform.IovaOf(address), _bytes.AsSpan(0, length), access, out int transaction))
        {
            case DmaState.Completed:
                return true;
            case DmaState.Stalled:
                _stalled.Add(transaction, engine);
                _held.Add(Page.StartOf(address), []);
                return false;
            default:
                HasFailed = true;
                return false;
        }
    }

    /// <summary>A page is there: who was kept back acts.</summary>
    /// <param name="address">An address in it.</param>
    public void Release(ulong address)
    {
        _held.Remove(Page.StartOf(address), out List<SecEngine>? waiting);
        foreach (SecEngine engine in waiting!)
        {
            _scheduler.At(_kernel.Clock.Now, engine);
        }
    }

    // Called in the thread that answers: the device goes on a little later, on its own time line.
    private void OnEnded(int transaction, DmaState state)
    {
        _stalled.Remove(transaction, out SecEngine? engine);
        HasFailed |= state != DmaState.Completed;
        long retry = _kernel.Costs.RetryNanoseconds;
        _kernel.Stages.Add(CostStage.Retry, retry);
        _scheduler.AfterTurn(_kernel.Clock.Now + retry, engine!);
    }
}
