using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>The kernel thread that empties one SMMU's event queue; the event interrupt wakes it.</summary>
/// <remarks>Kernel: <c>arm_smmu_evtq_thread</c>.</remarks>
internal sealed class EventThread
{
    private const string Function = "arm_smmu_evtq_thread";

    // More than any queue holds several times over: whoever takes that many at a time answers a fault that repeats for ever.
    private const int LongestRun = 50_000;

    private readonly HostKernel _kernel;
    private readonly ArmSmmuDevice _smmu;
    private readonly EventQueueReader _queue;
    private readonly EventHandler _handler;
    private readonly WaitQueue _drained;
    private bool _isRunning;

    internal EventThread(HostKernel kernel, ArmSmmuDevice smmu, EventQueueReader queue, EventHandler handler)
    {
        _kernel = kernel;
        _smmu = smmu;
        _queue = queue;
        _handler = handler;
        _drained = new WaitQueue(kernel.Scheduler, $"{smmu.Name} event queue to be empty");
        Thread = kernel.Scheduler.CreateThread($"irq/{smmu.Name}-evtq", Run);
    }

    /// <summary>The thread.</summary>
    internal KernelThread Thread { get; }

    /// <summary>How often the thread found that records had been lost.</summary>
    internal long Overflows { get; private set; }

    /// <summary>How many records could not be turned into a fault that somebody accepted.</summary>
    internal long Unhandled { get; private set; }

    /// <summary>The interrupt: wakes the thread. EventRecorder calls it for the first record of an empty queue.</summary>
    internal void Interrupt() => _kernel.Scheduler.Wake(Thread);

    /// <summary>Waits until the records that are in the queue now are handled.</summary>
    internal void Drain()
    {
        if (_queue.HasRecords || _isRunning)
        {
            Interrupt();
            _drained.Wait(() => !_queue.HasRecords && !_isRunning);
        }
    }

    // Runs when a device lets the threads that are ready run: DeviceEngine.Issue, on the stack of its DMA.
    private void Run()
    {
        _isRunning = true;
        int taken = 0;
        do
        {
            while (_queue.TryTake(out EventRecord record))
            {
                RequireAnEnd(++taken);
                Errno error = _handler.Handle(_smmu, record);
                if (error != Errno.None)
                {
                    Unhandled++;
                    Print(record, error);
                }

                if (_kernel.Scheduler.Relinquishes())
                {
                    return;
                }
            }

            if (_queue.FetchProducer())
            {
                Overflows++;
                _kernel.Step(TraceLayer.SmmuDriver, Function, _smmu.Name, null, $"EVTQ overflow: events were lost");
            }
        }
        while (!_queue.IsEmpty);

        _queue.AcknowledgeOverflow();
        _isRunning = false;
        _drained.WakeAll();
    }

    private void RequireAnEnd(int taken)
    {
        if (taken == LongestRun)
        {
            throw new DeadlockException($"{Thread.Name} takes record after record for ever: {LongestRun} in one call") { Promise = "R1" };
        }
    }

    private void Print(in EventRecord record, Errno error) => _kernel.Step(
        TraceLayer.SmmuDriver,
        Function,
        _smmu.Name,
        new Iova(record.InputAddress),
        $"event 0x{(int)record.Type:x2}, {error}: 0x{record.Word0:x16} 0x{record.Word1:x16} 0x{record.Word2:x16} 0x{record.Word3:x16}");
}
