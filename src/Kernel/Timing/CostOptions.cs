using System.ComponentModel.DataAnnotations;

namespace Iopf.Kernel;

/// <summary>What the stages of a fault and the messages of the cover letter's test cost in virtual time.</summary>
/// <remarks>
/// Where the defaults come from is said by <c>iopf table</c> and docs/table.md. Stages are told apart where a scheduler keeps time lines;
/// elsewhere <see cref="FaultDeliveryNanoseconds"/> stands for all of them but the handler (docs/decisions/0005-virtual-time.md).
/// </remarks>
public sealed class CostOptions
{
    /// <summary>The configuration section these options are bound to.</summary>
    public const string Section = "Cost";

    /// <summary>One fault, end to end, with one page mapped, apart from <see cref="HandlerNanoseconds"/>; not used where stages are told apart.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000,000. The default is 8,500: with the handler 10.1 us, the cost of one SVA fault.</value>
    [Range(0, 1_000_000_000)]
    public long FaultDeliveryNanoseconds { get; set; } = 8_500;

    /// <summary>The fault handler itself, with one page mapped.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000,000. The default is 1,600, the published mean for VFIO.</value>
    [Range(0, 1_000_000_000)]
    public long HandlerNanoseconds { get; set; } = 1_600;

    /// <summary>Pinning and mapping one further page in the same fault.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000,000. The default is 718.</value>
    [Range(0, 1_000_000_000)]
    public long PremappedPageNanoseconds { get; set; } = 718;

    /// <summary>The handler of a fault in a shared address space; used where stages are told apart.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000,000. The default is 2,000, the published mean.</value>
    [Range(0, 1_000_000_000)]
    public long SharedHandlerNanoseconds { get; set; } = 2_000;

    /// <summary>The SMMU holds a transaction and writes the event record.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000,000.</value>
    [Range(0, 1_000_000_000)]
    public long RecordNanoseconds { get; set; } = 100;

    /// <summary>From the interrupt to the event thread running; its CPU is taken meanwhile.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000,000.</value>
    [Range(0, 1_000_000_000)]
    public long InterruptWakeNanoseconds { get; set; } = 5_600;

    /// <summary>Decoding a record and reporting the fault.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000,000.</value>
    [Range(0, 1_000_000_000)]
    public long DecodeNanoseconds { get; set; } = 1_600;

    /// <summary>From a thread's hand-over of work to the sleeping worker running; its CPU is taken meanwhile.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000,000.</value>
    [Range(0, 1_000_000_000)]
    public long WorkerWakeNanoseconds { get; set; } = 300;

    /// <summary>Matching an answer to the pending request.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000,000.</value>
    [Range(0, 1_000_000_000)]
    public long ResponseNanoseconds { get; set; } = 500;

    /// <summary>Writing CMD_RESUME until the SMMU has consumed it.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000,000.</value>
    [Range(0, 1_000_000_000)]
    public long ResumeNanoseconds { get; set; } = 1_000;

    /// <summary>From CMD_RESUME consumed to the device going on.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000,000.</value>
    [Range(0, 1_000_000_000)]
    public long RetryNanoseconds { get; set; } = 100;

    /// <summary>How many CPUs serve the faults of one SMMU; with one, its event thread and the workers it wakes share it.</summary>
    /// <value>1 to 64; the default is 1.</value>
    [Range(1, 64)]
    public int ProcessorsPerSmmu { get; set; } = 1;

    /// <summary>Whether the event thread takes its CPU from a worker, as a real-time thread does; otherwise the worker ends its item first.</summary>
    /// <value>The default is true.</value>
    public bool EventThreadPreempts { get; set; } = true;

    /// <summary>From the start of a test's clock to its first message in a guest: thread start and scheduling on one vCPU.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000,000.</value>
    [Range(0, 1_000_000_000)]
    public long GuestStartNanoseconds { get; set; } = 2_340_000;

    /// <summary>The same on the host.</summary>
    /// <value>Nanoseconds, 0 to 1,000,000,000.</value>
    [Range(0, 1_000_000_000)]
    public long HostStartNanoseconds { get; set; } = 300_000;

    /// <summary>How long one engine of the device takes for a MiB.</summary>
    /// <value>Nanoseconds per MiB, 0 to 1,000,000,000.</value>
    [Range(0, 1_000_000_000)]
    public long EngineNanosecondsPerMebibyte { get; set; } = 775_000;

    /// <summary>The steady state of a device in a guest, all engines together.</summary>
    /// <value>Nanoseconds per MiB, 0 to 1,000,000,000.</value>
    [Range(0, 1_000_000_000)]
    public long GuestSteadyNanosecondsPerMebibyte { get; set; } = 112_500;

    /// <summary>The steady state of a device on the host, all engines together.</summary>
    /// <value>Nanoseconds per MiB, 0 to 1,000,000,000.</value>
    [Range(0, 1_000_000_000)]
    public long HostSteadyNanosecondsPerMebibyte { get; set; } = 110_200;

    /// <summary>How many messages the device works at side by side.</summary>
    /// <value>1 to 30.</value>
    [Range(1, 30)]
    public int Engines { get; set; } = 7;

    /// <summary>How often the host takes a page away while the test runs, which faults again.</summary>
    /// <value>Times per millisecond of virtual time, 0 to 1,000. The default is 0: the published runs differ too much to tell.</value>
    [Range(0.0, 1000.0)]
    public double RefaultsPerMillisecond { get; set; }

    /// <summary>What a stage costs each time it is passed.</summary>
    /// <param name="stage">A stage that always costs the same.</param>
    /// <returns>Nanoseconds.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The stage's cost depends on what it does.</exception>
    public long Of(CostStage stage) => stage switch
    {
        CostStage.Record => RecordNanoseconds,
        CostStage.InterruptWake => InterruptWakeNanoseconds,
        CostStage.Decode => DecodeNanoseconds,
        CostStage.WorkerWake => WorkerWakeNanoseconds,
        CostStage.Response => ResponseNanoseconds,
        CostStage.Resume => ResumeNanoseconds,
        CostStage.Retry => RetryNanoseconds,
        _ => throw new ArgumentOutOfRangeException(nameof(stage)),
    };
}
