namespace Iopf.Kernel;

/// <summary>What happened in a run, counted where it happens.</summary>
public sealed class Tally
{
    /// <summary>How often a domain's IOTLB was synced, for something or for nothing.</summary>
    public long IotlbSyncs { get; set; }

    /// <summary>Faults reported to the iommu core by a driver, recoverable or not.</summary>
    public long FaultsReported { get; set; }

    /// <summary>Recoverable faults (page requests) among them.</summary>
    public long PageRequests { get; set; }

    /// <summary>Page responses that resumed the transaction.</summary>
    public long ResponsesSuccess { get; set; }

    /// <summary>Page responses that said the access is invalid.</summary>
    public long ResponsesInvalid { get; set; }

    /// <summary>Page responses that said the handler failed, among them the driver's own when nobody took the fault.</summary>
    public long ResponsesFailure { get; set; }

    /// <summary>Pages entered into IOMMU domains, each domain counted.</summary>
    public long PagesMapped { get; set; }

    /// <summary>Pages removed from IOMMU domains, each domain counted.</summary>
    public long PagesUnmapped { get; set; }

    /// <summary>IOTLB invalidation commands issued.</summary>
    public long IotlbInvalidations { get; set; }

    /// <summary>Pages charged to locked_vm so far, less those given back, all processes together.</summary>
    public long LockedPages { get; private set; }

    /// <summary>The most that were charged at one time.</summary>
    public long LockedPagesPeak { get; private set; }

    /// <summary>Pages the MMU notifier took away from the device.</summary>
    public long PagesInvalidated { get; set; }

    /// <summary>Faults that had to start again because the pages changed while they were obtained.</summary>
    public long FaultRetries { get; set; }

    /// <summary>Counts pages that are charged, or given back.</summary>
    /// <param name="pages">How many; negative to give back.</param>
    public void Charge(long pages)
    {
        LockedPages += pages;
        LockedPagesPeak = Math.Max(LockedPagesPeak, LockedPages);
    }
}
