using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>The memory of a process: its areas, the page table that CPU and SMMU walk, its notifiers and its account of locked pages.</summary>
/// <remarks>Kernel: <c>struct mm_struct</c>. User addresses have 48 bits; pages have 4 KiB.</remarks>
public class AddressSpace
{
    internal const ulong LastUserAddress = (1UL << 48) - 1;

    private readonly MemoryCalls _calls;
    private readonly MemoryAdvices _advices;
    private readonly UserPages _userPages;
    private readonly CpuAccess _cpu;
    private int _users = 1;
    private int _references = 1;
    private bool _hasExited;

    /// <summary>Creates an empty address space with one user: its process.</summary>
    /// <param name="kernel">The kernel it belongs to.</param>
    /// <param name="memory">The memory that its pages and tables come from.</param>
    /// <param name="name">Its name in traces and reports.</param>
    public AddressSpace(HostKernel kernel, PhysicalMemory memory, string name)
        : this(kernel, memory, name, memory.Allocate(FrameUse.PageTable).Value) { }

    internal AddressSpace(HostKernel kernel, PhysicalMemory memory, string name, Pfn root)
    {
        Kernel = kernel;
        Memory = memory;
        Name = name;
        MmapLock = new RwSemaphore(kernel.Scheduler, $"{name}.mmap_lock", "mmap_lock");
        RmapLock = new KernelMutex(kernel.Scheduler, $"{name}.anon_vma", "anon_vma");
        PageTableLock = new KernelSpinLock(kernel.Scheduler, $"{name}.page_table_lock", "page_table_lock");
        DeviceMemoryLock = new KernelMutex(kernel.Scheduler, $"{name}.vma_lock", "vma_lock");
        Userfaults = new Userfaults(this);
        Notifiers = new NotifierList(kernel, this);
        Table = new PageTable(memory, root);
        Faults = new PageFaults(this);
        Zapping = new Zapping(this);
        HugePages = new HugePages(this);
        _calls = new MemoryCalls(this);
        _advices = new MemoryAdvices(this);
        Reclaim = new Reclaim(this);
        _userPages = new UserPages(this);
        _cpu = new CpuAccess(this);
    }

    /// <summary>Raised when a page is missing whose supply is user space's affair; <see cref="CompleteUserfault"/> is the answer.</summary>
    public event Action<UserAddress>? UserfaultRaised;

    /// <summary>The name in traces and reports.</summary>
    public string Name { get; }

    /// <summary>Held for reading while pages are faulted in, for writing while areas change.</summary>
    /// <remarks>Kernel: <c>mm->mmap_lock</c>.</remarks>
    public RwSemaphore MmapLock { get; }

    /// <summary>Held while a page's mappings are looked up and changed from the page's side (reclaim, migration).</summary>
    /// <remarks>Kernel: <c>anon_vma->root->rwsem</c>; one per address space here.</remarks>
    public KernelMutex RmapLock { get; }

    /// <summary>Held while entries of leaf tables change.</summary>
    /// <remarks>Kernel: <c>mm->page_table_lock</c> and the split PTE locks.</remarks>
    public KernelSpinLock PageTableLock { get; }

    /// <summary>The physical address of the level-0 table, as a context descriptor's TTB0 takes it.</summary>
    public ulong PageTableRoot => Table.Root.Address;

    /// <summary>How many pages count against RLIMIT_MEMLOCK.</summary>
    /// <remarks>Kernel: <c>mm->locked_vm</c>.</remarks>
    public virtual long LockedVm { get; private set; }

    /// <summary>Whether the address space still has users.</summary>
    /// <remarks>Kernel: <c>mm->mm_users</c> is not 0.</remarks>
    public virtual bool IsAlive => Users > 0;

    private int Users
    {
        get { Kernel.Scheduler.Touch(Name, writes: true); return _users; }
    }

    /// <summary>Pages of 2 MiB: whether they are mapped, how they are made and split.</summary>
    public HugePages HugePages { get; }

    internal HostKernel Kernel { get; }

    internal PhysicalMemory Memory { get; }

    internal VmaList Areas { get; } = new();

    internal Stack<TlbGather> SpareGathers { get; } = new();

    internal PageTable Table { get; }

    internal NotifierList Notifiers { get; }

    internal PageFaults Faults { get; }

    internal Zapping Zapping { get; }

    internal Reclaim Reclaim { get; }

    internal Userfaults Userfaults { get; }

    /// <summary>Held by the driver of a device whose memory is mapped, while its entries are made and dropped; inside mmap_lock.</summary>
    /// <remarks>Kernel: <c>vdev-&gt;vma_lock</c> of vfio-pci.</remarks>
    internal KernelMutex DeviceMemoryLock { get; }

    /// <summary>Becomes a user, so that the memory stays while it is worked on.</summary>
    /// <remarks>Kernel: <c>mmget_not_zero</c>.</remarks>
    /// <returns><see langword="false"/> if the last user is gone already.</returns>
    public bool TryGet()
    {
        return Users > 0 && ++_users > 0;
    }

    /// <summary>Stops being a user; the last one tears the memory down.</summary>
    /// <remarks>Kernel: <c>mmput</c>. May sleep.</remarks>
    public void Put()
    {
        Invariant.Hold(Users > 0, "a user of an address space leaves it once");
        if (--_users == 0)
        {
            TearDown();
        }
    }

    /// <summary>The process leaves its memory; if it was the last user, the notifiers are released and everything is freed.</summary>
    /// <remarks>Kernel: <c>exit_mm</c>, <c>mmput</c>, <c>exit_mmap</c>.</remarks>
    public void Exit()
    {
        Invariant.Hold(!_hasExited, "a process leaves its memory once");
        _hasExited = true;
        Put();
    }

    /// <summary>Makes a memory area.</summary>
    /// <remarks>Kernel: <c>mmap</c> with <c>MAP_FIXED_NOREPLACE</c>.</remarks>
    /// <param name="range">Whole pages.</param>
    /// <param name="access">What the process may do.</param>
    /// <param name="kind">What stands behind the area.</param>
    /// <param name="firstFrame">The device's frame behind the first page of a <see cref="VmaKind.PfnMap"/> area.</param>
    /// <returns>EINVAL if not whole pages; ENOMEM beyond 48 bits; EEXIST where there is an area already; ESRCH after exit.</returns>
    public Errno Mmap(UserRange range, MemoryAccess access, VmaKind kind = VmaKind.Anonymous, Pfn firstFrame = default) =>
        _calls.Map(range, access, kind, firstFrame);

    /// <summary>Removes what is mapped in a range; holes are fine.</summary>
    /// <param name="range">Whole pages.</param>
    /// <returns>EINVAL if not whole pages.</returns>
    public Errno Munmap(UserRange range) => _calls.Unmap(range);

    /// <summary>Changes what the process may do.</summary>
    /// <param name="range">Whole pages.</param>
    /// <param name="access">The new access.</param>
    /// <returns>EINVAL if not whole pages; ENOMEM if part of the range has no area.</returns>
    public Errno Mprotect(UserRange range, MemoryAccess access) => _calls.Protect(range, access);

    /// <summary>Moves pages to another address.</summary>
    /// <remarks>Kernel: <c>mremap</c> with <c>MREMAP_MAYMOVE | MREMAP_FIXED</c>, but nothing at the target is replaced.</remarks>
    /// <param name="range">Whole pages of one area.</param>
    /// <param name="target">Where the first page goes.</param>
    /// <returns>EINVAL if not whole pages or overlapping; EFAULT if not in one area; EEXIST if the target is taken; ENOMEM.</returns>
    public Errno Mremap(UserRange range, UserAddress target) => _calls.Move(range, target);

    /// <summary>Takes advice on memory.</summary>
    /// <param name="range">Whole pages.</param>
    /// <param name="advice">The advice.</param>
    /// <returns>EINVAL if the advice does not fit the kind of area; ENOMEM if part of the range has no area (the rest is done).</returns>
    public Errno Madvise(UserRange range, MemoryAdvice advice) => _advices.Take(range, advice);

    /// <summary>Makes pages inaccessible to notice their next use.</summary>
    /// <remarks>Kernel: <c>change_prot_numa</c> (NUMA balancing).</remarks>
    /// <param name="range">Whole pages.</param>
    public void HintNuma(UserRange range) => _calls.HintNuma(range);

    /// <summary>Drops the entries of device memory, as a driver does that switches its memory off; the next access faults.</summary>
    /// <remarks>Kernel: <c>zap_vma_ptes</c> as vfio-pci calls it.</remarks>
    /// <param name="range">Whole pages of one <see cref="VmaKind.PfnMap"/> area.</param>
    /// <returns>EINVAL for any other range.</returns>
    public Errno ZapDevicePages(UserRange range) => _advices.ZapDevicePages(range);

    /// <summary>Reads as the process would, faulting pages in.</summary>
    /// <param name="address">The first byte.</param>
    /// <param name="destination">Receives the bytes.</param>
    /// <returns>EFAULT where the process may not read; ENOMEM.</returns>
    public Errno Read(UserAddress address, Span<byte> destination) => _cpu.Read(address, destination);

    /// <summary>Writes as the process would, faulting pages in.</summary>
    /// <param name="address">The first byte.</param>
    /// <param name="source">The bytes.</param>
    /// <returns>EFAULT where the process may not write; ENOMEM. What lies before the failing page is written.</returns>
    public Errno Write(UserAddress address, ReadOnlySpan<byte> source) => _cpu.Write(address, source);

    /// <summary>Moves a page to another frame.</summary>
    /// <remarks>Kernel: <c>migrate_pages</c> for one page.</remarks>
    /// <param name="page">An address in the page.</param>
    /// <returns>EBUSY if pinned; ENOENT if not resident; ENOMEM.</returns>
    public Errno Migrate(UserAddress page) => Reclaim.Migrate(page.PageStart);

    /// <summary>Takes a page's frame away, keeping its contents aside; a shared page is unmapped and stays in its page cache.</summary>
    /// <remarks>Kernel: <c>shrink_page_list</c> for one page.</remarks>
    /// <param name="page">An address in the page.</param>
    /// <returns>EBUSY if pinned; ENOENT if not resident (the zero page and device memory count as not resident).</returns>
    public Errno SwapOut(UserAddress page) => Reclaim.SwapOut(page.PageStart);

    /// <summary>Makes a shared page read-only everywhere so that the next write to it is noticed.</summary>
    /// <remarks>Kernel: <c>page_mkclean</c>, called by writeback.</remarks>
    /// <param name="page">An address in the page.</param>
    /// <returns>ENOENT if no shared page is resident there.</returns>
    public Errno CleanForWriteback(UserAddress page) => Reclaim.Clean(page.PageStart);

    /// <summary>Maps the frame of another page with equal contents instead of the page's own; both become read-only.</summary>
    /// <remarks>Kernel: <c>try_to_merge_with_ksm_page</c>.</remarks>
    /// <param name="page">An address in the page that gives up its frame.</param>
    /// <param name="owner">The address space of the page that keeps its frame.</param>
    /// <param name="kept">An address in that page.</param>
    /// <returns>ENOENT if one is not a resident private page; EBUSY if pinned or otherwise referenced; EINVAL if contents differ.</returns>
    public Errno Merge(UserAddress page, AddressSpace owner, UserAddress kept) =>
        SamePageMerging.Merge(this, page.PageStart, owner, kept.PageStart);

    /// <summary>Frees the private memory of a process that is being killed for lack of memory.</summary>
    /// <remarks>Kernel: <c>__oom_reap_task_mm</c>. A range whose notifier would have to block is left alone.</remarks>
    /// <returns>EAGAIN if a range was left alone.</returns>
    public Errno ReapForOom() => _advices.ReapForOom();

    /// <summary>Copies the address space: private pages are shared until one side writes; shared memory stays shared.</summary>
    /// <remarks>Kernel: <c>dup_mmap</c>. Pages that are pinned are copied at once.</remarks>
    /// <param name="name">The copy's name.</param>
    /// <returns>The copy; ENOMEM, and then nothing of it is left.</returns>
    public Result<AddressSpace> Fork(string name) => Forking.Copy(this, name);

    /// <summary>Makes a page accessible: maps, swaps in, or breaks copy-on-write.</summary>
    /// <remarks>Kernel: <c>handle_mm_fault</c>. The caller holds the mmap lock for reading.</remarks>
    /// <param name="address">An address in the page.</param>
    /// <param name="access">What is about to be done.</param>
    /// <returns>EFAULT where the process may not do that; ENOMEM; EINTR if killed while user space was to supply the page.</returns>
    public Errno HandleFault(UserAddress address, MemoryAccess access) => Faults.Handle(address, access);

    /// <summary>The frame that the CPU's page table maps now.</summary>
    /// <param name="address">An address in the page.</param>
    /// <returns>The frame, or <see langword="null"/>.</returns>
    public virtual Pfn? FrameAt(UserAddress address)
    {
        ulong entry = address.Value > LastUserAddress ? PageTableEntry.None : Table.EntryOf(address.Value);
        return PageTableEntry.IsValid(entry) ? PageTableEntry.FrameOf(entry) : null;
    }

    /// <summary>Whether the CPU could write without a fault now.</summary>
    /// <param name="address">An address in the page.</param>
    /// <returns>Whether the page is mapped writable.</returns>
    public bool IsWritableAt(UserAddress address) =>
        address.Value <= LastUserAddress && PageTableEntry.IsWritable(Table.EntryOf(address.Value));

    /// <summary>Whether the CPU could read without a fault now.</summary>
    /// <param name="address">An address in the page.</param>
    /// <returns>Whether the page is mapped.</returns>
    public bool IsResident(UserAddress address) =>
        address.Value <= LastUserAddress && PageTableEntry.IsValid(Table.EntryOf(address.Value));

    /// <summary>Whether the process may access an address, present or not; a view for checkers.</summary>
    /// <param name="address">The address.</param>
    /// <param name="access">The access.</param>
    /// <returns>Whether an area of memory that pages can be obtained from allows it.</returns>
    public virtual bool Allows(UserAddress address, MemoryAccess access) =>
        IsAlive && Areas.Find(address) is { } area && area.Kind != VmaKind.PfnMap && (area.Access & access) == access;

    /// <summary>Pins pages in ascending order, faulting them in; takes the mmap lock for reading and never drops it meanwhile.</summary>
    /// <remarks>Kernel: <c>pin_user_pages_remote</c>. Undone by <see cref="PhysicalMemory.Unpin"/>.</remarks>
    /// <param name="first">An address in the first page.</param>
    /// <param name="count">How many pages.</param>
    /// <param name="flags">For what.</param>
    /// <param name="frames">Receives the frames.</param>
    /// <returns>How many pages were pinned; or, if none, EOPNOTSUPP (for long, in a <see cref="VmaKind.DirectAccess"/> area), EFAULT (no memory, device memory, not allowed, or user space must supply it), or ENOMEM.</returns>
    public virtual Result<int> PinPages(UserAddress first, int count, PinFlags flags, Span<Pfn> frames) =>
        _userPages.Pin(first, count, flags, frames);

    /// <summary>Obtains pages for a short time in ascending order; waits for user space to supply a missing page, with no lock held.</summary>
    /// <remarks>Kernel: <c>get_user_pages_unlocked</c> (<c>FOLL_GET</c>). Undone by <see cref="PhysicalMemory.Put"/>.</remarks>
    /// <param name="first">An address in the first page.</param>
    /// <param name="count">How many pages.</param>
    /// <param name="access">What is about to be done; no more is granted.</param>
    /// <param name="frames">Receives the frames.</param>
    /// <returns>How many pages were obtained; or, if none, EFAULT (no memory, device memory, or not allowed), ENOMEM, or EINTR.</returns>
    public virtual Result<int> GetPages(UserAddress first, int count, MemoryAccess access, Span<Pfn> frames) =>
        _userPages.Get(first, count, (access & MemoryAccess.Write) != 0, frames);

    /// <summary>The device's frame behind an address, which cannot be pinned; takes the mmap lock for reading.</summary>
    /// <remarks>Kernel: <c>follow_fault_pfn</c>.</remarks>
    /// <param name="address">An address in a <see cref="VmaKind.PfnMap"/> area.</param>
    /// <param name="write">Whether it must be mapped writable.</param>
    /// <returns>The frame; EFAULT for any other memory, for a frame of RAM, or if not writable.</returns>
    public virtual Result<Pfn> FollowPfn(UserAddress address, bool write) => _userPages.FollowPfn(address, write);

    /// <summary>Counts locked pages; takes the mmap lock for writing.</summary>
    /// <remarks>Kernel: <c>account_locked_vm</c> without its limit check, which is the caller's.</remarks>
    /// <param name="pages">How many pages more, or fewer if negative.</param>
    /// <returns>EINTR if a fatal signal is pending; ESRCH after exit.</returns>
    public virtual Errno AccountLocked(long pages)
    {
        if (Kernel.Scheduler.Current.HasFatalSignal)
        {
            return Errno.EINTR;
        }

        using LockScope writing = MmapLock.HoldWrite();
        if (!IsAlive)
        {
            return Errno.ESRCH;
        }

        // The posted code can do that, and is warned of it.
        Invariant.Hold(LockedVm + pages >= 0 || !Kernel.Errata.IsEmpty, "locked_vm does not go below zero");
        LockedVm += pages;
        Kernel.Tally.Charge(pages);
        return Errno.None;
    }

    /// <summary>Hooks a notifier; its callbacks run from now on. No lock of the address space may be held.</summary>
    /// <remarks>Kernel: <c>mmu_notifier_register</c>.</remarks>
    /// <param name="notifier">The notifier; not hooked already.</param>
    /// <returns>ENOMEM when memory is exhausted; EINTR if a fatal signal is pending.</returns>
    /// <exception cref="KernelOopsException">The address space has no users any more.</exception>
    public virtual Errno RegisterNotifier(MmuNotifier notifier)
    {
        using LockScope writing = MmapLock.HoldWrite();
        if (!IsAlive)
        {
            throw new KernelOopsException("BUG", "mmu_notifier_register");
        }

        if (Memory.IsExhausted || Kernel.Fails(FailureKind.Register))
        {
            return Errno.ENOMEM;
        }

        if (Kernel.Scheduler.Current.HasFatalSignal)
        {
            return Errno.EINTR;
        }

        List<KernelMutex> rmapLocks = _calls.TakeAllRmapLocks();
        Notifiers.Hook(notifier);
        _references++;
        MemoryCalls.DropAllRmapLocks(rmapLocks);
        return Errno.None;
    }

    /// <summary>Unhooks a notifier, calling its release callback unless that happened already, and waits for its running callbacks.</summary>
    /// <remarks>Kernel: <c>mmu_notifier_unregister</c>. No lock may be held that a callback takes.</remarks>
    /// <param name="notifier">A notifier that was registered.</param>
    public virtual void UnregisterNotifier(MmuNotifier notifier)
    {
        Notifiers.Unhook(notifier);
        DropReference();
    }

    /// <summary>Makes missing pages of a range user space's affair.</summary>
    /// <remarks>Kernel: <c>UFFDIO_REGISTER</c> in mode <c>MISSING</c>.</remarks>
    /// <param name="range">Whole pages of private memory.</param>
    /// <returns>EINVAL for any other range.</returns>
    public Errno RegisterUserfault(UserRange range) => Userfaults.Register(range);

    /// <summary>Supplies a missing page and lets those go on who wait for it.</summary>
    /// <remarks>Kernel: <c>UFFDIO_COPY</c>.</remarks>
    /// <param name="page">An address in the page.</param>
    /// <param name="data">The contents from the page's start; the rest is zero.</param>
    /// <returns>ENOENT where no page is user space's affair; EEXIST if there is a page already; ENOMEM.</returns>
    public Errno CompleteUserfault(UserAddress page, ReadOnlySpan<byte> data) => Userfaults.Complete(page.PageStart, data);

    /// <summary>Supplies a missing page with the page of zeros and lets those go on who wait for it.</summary>
    /// <remarks>Kernel: <c>UFFDIO_ZEROPAGE</c>.</remarks>
    /// <param name="page">An address in the page.</param>
    /// <returns>As <see cref="CompleteUserfault"/>.</returns>
    public Errno CompleteUserfaultWithZeros(UserAddress page) => Userfaults.CompleteWithZeros(page.PageStart);

    internal void RaiseUserfault(UserAddress page) => UserfaultRaised?.Invoke(page);

    /// <summary>The lock under which a page of an area is looked at from the page's side.</summary>
    internal KernelMutex RmapLockOf(Vma? area) => area?.Shared?.MappersLock ?? RmapLock;

    internal bool IsRmapLockHeld(UserAddress page) => RmapLockOf(Areas.Find(page)).IsHeld;

    private void TearDown()
    {
        Kernel.Step(TraceLayer.Mm, "exit_mmap", string.Empty, null, $"{Name} frees its memory");
        Notifiers.Release();
        Zapping.ZapEverything();
        DropReference();
    }

    // The structure, with its root table, lives as long as somebody's notifier refers to it.
    private void DropReference()
    {
        if (--_references == 0)
        {
            Table.FreeRoot();
        }
    }
}
