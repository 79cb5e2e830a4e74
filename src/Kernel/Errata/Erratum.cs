namespace Iopf.Kernel;

/// <summary>A defect of the posted code, as a switch: on, the code does what was posted; off, what was meant.</summary>
/// <remarks>Ids and titles are those of the errata list; <c>iopf errata ID</c> tells more.</remarks>
public enum Erratum
{
    /// <summary>Patch 1: Handler-update check is inverted.</summary>
    E01 = 1,

    /// <summary>Patch 1: Level filter returns with param-&gt;lock held.</summary>
    E02 = 2,

    /// <summary>Patch 1: Fault level is an uninitialised variable for any other fault type (core).</summary>
    E03 = 3,

    /// <summary>Patch 1: Stage-2 fault address is IPA &gt;&gt; 12.</summary>
    E04 = 4,

    /// <summary>Patch 1: Stage-2 stalls are never generated: STE.S2S not set.</summary>
    E05 = 5,

    /// <summary>Patch 1: Update can build a flag set that register forbids.</summary>
    E06 = 6,

    /// <summary>Patch 2: Handler reads a bitmap that nothing allocates until patch 6.</summary>
    E07 = 7,

    /// <summary>Patch 2: Lookup node used after its list lock is dropped.</summary>
    E08 = 8,

    /// <summary>Patch 2: "Bit already set" answers SUCCESS without checking any page table.</summary>
    E09 = 9,

    /// <summary>Patch 2: All faults of a container, and of an SMMU, are served one at a time.</summary>
    E10 = 10,

    /// <summary>Patch 2: Handler sleeps in the event thread until user space makes a vaddr valid.</summary>
    E11 = 11,

    /// <summary>Patch 2: Response carries no PASID and its result is ignored; PASID of the fault is ignored.</summary>
    E12 = 12,

    /// <summary>Patch 2: One response per request instead of one per group; partial groups not held back.</summary>
    E13 = 13,

    /// <summary>Patch 2: Every fault is served for write, whatever was requested.</summary>
    E14 = 14,

    /// <summary>Patch 2: Fault path takes long-term pins.</summary>
    E15 = 15,

    /// <summary>Patch 2: Fault path cannot wait for userfaultfd.</summary>
    E16 = 16,

    /// <summary>Patch 2: Faults fail once the thread-group leader has exited.</summary>
    E17 = 17,

    /// <summary>Patch 2: Handler maps PAGE_SIZE units even if the IOMMU minimum is larger.</summary>
    E18 = 18,

    /// <summary>Patch 3: Invalidation callback returns with iommu-&gt;lock held.</summary>
    E19 = 19,

    /// <summary>Patch 3: Invalidation gives up and lets the page go while the device still maps it.</summary>
    E20 = 20,

    /// <summary>Patch 3: Unmapped != requested: bitmap and IOMMU diverge.</summary>
    E21 = 21,

    /// <summary>Patch 3: The same early exit abandons the rest of the range and the other domains.</summary>
    E22 = 22,

    /// <summary>Patch 3: Self-deadlock: fault handling inside GUP calls back into the notifier.</summary>
    E23 = 23,

    /// <summary>Patch 3: Self-deadlock: memory reclaim under iommu-&gt;lock calls back into the notifier.</summary>
    E24 = 24,

    /// <summary>Patch 3: ABBA: iommu-&gt;lock vs mmap_lock.</summary>
    E25 = 25,

    /// <summary>Patch 3: ABBA: iommu-&gt;lock vs page lock / rmap locks.</summary>
    E26 = 26,

    /// <summary>Patch 3: Sleeping in atomic context: invalidate_range runs under a page-table spinlock.</summary>
    E27 = 27,

    /// <summary>Patch 3: No release callback: process exit frees all guest memory while the IOMMU still maps it.</summary>
    E28 = 28,

    /// <summary>Patch 3: OOM reaper can block for ever.</summary>
    E29 = 29,

    /// <summary>Patch 3: Invalidation waits until ALL mappings have a valid vaddr.</summary>
    E30 = 30,

    /// <summary>Patch 3: Notifier is blind to vaddr hand-over (VFIO_UPDATE_VADDR).</summary>
    E31 = 31,

    /// <summary>Patch 3: ABBA with vfio-pci vma_lock/memory_lock for BAR (peer-to-peer) mappings.</summary>
    E32 = 32,

    /// <summary>Patch 3: Per-page scan and TLB sync even when nothing was mapped.</summary>
    E33 = 33,

    /// <summary>Patch 4: Pre-map creates superpages that the notifier cannot unmap by page.</summary>
    E34 = 34,

    /// <summary>Patch 4: Pre-map allocates and dirties memory nobody touched.</summary>
    E35 = 35,

    /// <summary>Patch 4: Pins leaked when the mm disappears between two chunks.</summary>
    E36 = 36,

    /// <summary>Patch 5: ENABLE after MAP: old pins and translations become unremovable.</summary>
    E37 = 37,

    /// <summary>Patch 5: ENABLE after MAP: NULL bitmap of old mappings dereferenced.</summary>
    E38 = 38,

    /// <summary>Patch 5: Second ENABLE_IOPF is not rejected and destroys the first.</summary>
    E39 = 39,

    /// <summary>Patch 5: Device can fault before it can be looked up.</summary>
    E40 = 40,

    /// <summary>Patch 5: Teardown unlinks the lookup node before stopping faults.</summary>
    E41 = 41,

    /// <summary>Patch 5: Attach error path detaches and frees the domain before IOPF is disabled.</summary>
    E42 = 42,

    /// <summary>Patch 5: ABBA: param-&gt;lock vs iommu-&gt;lock.</summary>
    E43 = 43,

    /// <summary>Patch 5: Failure of unregister is only warned about.</summary>
    E44 = 44,

    /// <summary>Patch 5: Mmu_notifier_unregister under iommu-&gt;lock.</summary>
    E45 = 45,

    /// <summary>Patch 5: One notifier for the mm of the ENABLE caller, mappings of any mm.</summary>
    E46 = 46,

    /// <summary>Patch 5: New domain attached without replay: endless faults.</summary>
    E47 = 47,

    /// <summary>Patch 5: With a not-replayed domain the notifier leaves the OLD domain mapped.</summary>
    E48 = 48,

    /// <summary>Patch 5: Skipping replay also skips its validation.</summary>
    E49 = 49,

    /// <summary>Patch 5: Bits survive the removal of the last IOMMU domain.</summary>
    E50 = 50,

    /// <summary>Patch 5: Locked memory counted twice on that path.</summary>
    E51 = 51,

    /// <summary>Patch 5: Unwind counts devices and relies on iteration order.</summary>
    E52 = 52,

    /// <summary>Patch 5: IOPF is demanded of every device in the IOMMU group.</summary>
    E53 = 53,

    /// <summary>Patch 5: Device added to the group after ENABLE is not enabled.</summary>
    E54 = 54,

    /// <summary>Patch 5: ENABLE needs a working nesting-attribute query.</summary>
    E55 = 55,

    /// <summary>Patch 5: Queued faults are not drained on detach or attach.</summary>
    E56 = 56,

    /// <summary>Patch 5: ENABLE fails for a container with an aux-domain mdev.</summary>
    E57 = 57,

    /// <summary>Patch 6: Bitmap allocated with the vmalloc-capable allocator, freed with kfree.</summary>
    E58 = 58,

    /// <summary>Patch 6: MAP size no longer bounded: unlimited unaccounted kernel memory.</summary>
    E59 = 59,

    /// <summary>Patch 6: Dirty tracking reports every page of every mapping.</summary>
    E60 = 60,

    /// <summary>Patch 6: Pins taken before ENABLE are un-accounted after it.</summary>
    E61 = 61,

    /// <summary>Patch 7: Selective faulting is implemented the wrong way round.</summary>
    E62 = 62,

    /// <summary>Patch 7: Pinned (non-faultable) pages are not entered in the IOMMU.</summary>
    E63 = 63,

    /// <summary>Patch 7: Selective mode is never left.</summary>
    E64 = 64,

    /// <summary>Patch 7: Pins made before ENABLE or before attach are not recorded.</summary>
    E65 = 65,

    /// <summary>Patch 7: Pinned-range list leaked at detach.</summary>
    E66 = 66,

    /// <summary>Patch 7: Range pointer kept across a lock drop.</summary>
    E67 = 67,

    /// <summary>Patch 7: Unpin can fail for lack of memory.</summary>
    E68 = 68,

    /// <summary>Patch 7: Missing lookup node leads to NULL external_domain dereference.</summary>
    E69 = 69,

    /// <summary>Patch 7: Entering selective mode keeps old mappings and narrows the dirty scope.</summary>
    E70 = 70,

    /// <summary>Patch 7: Scope is per group, mappings are per container.</summary>
    E71 = 71,

    /// <summary>Patch 7: Range lists and the shared pin list fall out of step.</summary>
    E72 = 72,

    /// <summary>Patch 8: Register/unregister_handler read iopf_enabled without the lock.</summary>
    E73 = 73,

    /// <summary>Patch 8: Nested first, ENABLE second fails.</summary>
    E74 = 74,

    /// <summary>Patch 8: L1 transfer trusts driver data of any device.</summary>
    E75 = 75,

    /// <summary>Patch 8: Handler queries the domain before taking any lock.</summary>
    E76 = 76,

    /// <summary>Patch 8: Fault level uninitialised for other types (VFIO copy).</summary>
    E77 = 77,

    /// <summary>Patch 5: Feature bit taken as "device tolerates a fault on any DMA".</summary>
    E78 = 78,
}
