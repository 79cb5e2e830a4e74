using Iopf.Kernel;
using Iopf.Machine;

namespace Iopf.Scenarios.Steps;

/// <summary>The numbers of all hosts of a run together.</summary>
internal sealed class RunTotals
{
    /// <summary>Faults the SMMUs' drivers reported.</summary>
    public long Faults { get; private set; }

    /// <summary>Answers that let the transaction be retried.</summary>
    public long Success { get; private set; }

    /// <summary>Answers that called the access invalid.</summary>
    public long Invalid { get; private set; }

    /// <summary>Answers that said it could not be handled.</summary>
    public long Failure { get; private set; }

    /// <summary>Pages entered into domains.</summary>
    public long MappedPages { get; private set; }

    /// <summary>Pins on page frames.</summary>
    public long PinnedPages { get; private set; }

    /// <summary>Pages accounted as locked.</summary>
    public long LockedVm { get; private set; }

    /// <summary>The most pages that were accounted at one time, the hosts' peaks added up.</summary>
    public long LockedVmPeak { get; private set; }

    /// <summary>IOTLB invalidation commands.</summary>
    public long IotlbInvalidations { get; private set; }

    /// <summary>Virtual time.</summary>
    public long Nanoseconds { get; private set; }

    /// <summary>Adds a host's numbers as they stand.</summary>
    /// <param name="host">The host.</param>
    public void Add(ModeledHost host)
    {
        Tally tally = host.Kernel.Tally;
        Faults += tally.FaultsReported;
        Success += tally.ResponsesSuccess;
        Invalid += tally.ResponsesInvalid;
        Failure += tally.ResponsesFailure;
        MappedPages += tally.PagesMapped;
        PinnedPages += host.Memory.TotalPins;
        LockedVm += host.LockedVm;
        LockedVmPeak += tally.LockedPagesPeak;
        IotlbInvalidations += tally.IotlbInvalidations;
        Nanoseconds += host.Kernel.Clock.Now;
    }
}
