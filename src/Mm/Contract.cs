#pragma warning disable
// CONTRACT: replaced by real files, one public type each. Signatures may grow, not shrink.
using Iopf.Kernel;
namespace Iopf.Mm;

public enum FrameUse { Free, Anonymous, File, Zero, PageTable, Kernel, Device }

/// <summary>Host RAM: frames with reference and pin counts, contents that exist lazily. Frame 0 is never allocated.</summary>
public sealed class PhysicalMemory
{
    public PhysicalMemory(HostKernel kernel) { }
    public Result<Pfn> Allocate(FrameUse use) => throw new NotImplementedException();              // refcount 1, contents zero
    public Result<Pfn> AllocateContiguous(FrameUse use, int count) => throw new NotImplementedException();
    public void Get(Pfn frame) => throw new NotImplementedException();                              // +1 reference
    public void Put(Pfn frame) => throw new NotImplementedException();                              // -1; freed at 0
    public void Pin(Pfn frame) => throw new NotImplementedException();                              // FOLL_PIN: counts as a reference too
    public void Unpin(Pfn frame, bool dirty) => throw new NotImplementedException();
    public int ReferenceCountOf(Pfn frame) => throw new NotImplementedException();
    public int PinCountOf(Pfn frame) => throw new NotImplementedException();
    public FrameUse UseOf(Pfn frame) => throw new NotImplementedException();
    public bool IsReserved(Pfn frame) => throw new NotImplementedException();                       // no struct page (BAR) or PageReserved
    public ulong ReadWord(ulong physicalAddress) => throw new NotImplementedException();            // 8-byte aligned descriptor access, hot
    public void WriteWord(ulong physicalAddress, ulong value) => throw new NotImplementedException();
    public void Read(ulong physicalAddress, Span<byte> destination) => throw new NotImplementedException();
    public void Write(ulong physicalAddress, ReadOnlySpan<byte> source) => throw new NotImplementedException();
    public long AllocatedFrames => throw new NotImplementedException();
    public long TotalPins => throw new NotImplementedException();
}

[Flags] public enum MemoryAccess { None = 0, Read = 1, Write = 2, Execute = 4 }
public enum MemoryAdvice { DontNeed, Free, Remove }
public enum VmaKind { Anonymous, Shared, PfnMap }
[Flags] public enum PinFlags { None = 0, Write = 1, LongTerm = 2 }

/// <summary>struct mm_struct: VMAs, an arm64 page table with real descriptors in PhysicalMemory, mmap_lock, notifiers, locked_vm.</summary>
public sealed class AddressSpace
{
    public AddressSpace(HostKernel kernel, PhysicalMemory memory, string name) { }
    public string Name => throw new NotImplementedException();
    public RwSemaphore MmapLock => throw new NotImplementedException();
    public KernelSpinLock PageTableLock => throw new NotImplementedException();
    public ulong PageTableRoot => throw new NotImplementedException();       // physical address of the level-0 table (TTBR0)
    public long LockedVm => throw new NotImplementedException();             // pages
    public bool IsAlive => throw new NotImplementedException();              // false once the last user exited (mm_users 0)
    public Errno Mmap(UserRange range, MemoryAccess access, VmaKind kind = VmaKind.Anonymous, Pfn firstFrame = default) => throw new NotImplementedException();
    public Errno Munmap(UserRange range) => throw new NotImplementedException();
    public Errno Mprotect(UserRange range, MemoryAccess access) => throw new NotImplementedException();
    public Errno Madvise(UserRange range, MemoryAdvice advice) => throw new NotImplementedException();
    public Errno Read(UserAddress address, Span<byte> destination) => throw new NotImplementedException();   // CPU access of the process
    public Errno Write(UserAddress address, ReadOnlySpan<byte> source) => throw new NotImplementedException();
    public Errno Migrate(UserAddress page) => throw new NotImplementedException();    // EBUSY when pinned, ENOENT when not resident
    public Errno SwapOut(UserAddress page) => throw new NotImplementedException();
    public AddressSpace Fork(string name) => throw new NotImplementedException();
    public void Exit() => throw new NotImplementedException();               // exit_mmap: release callbacks, then teardown
    public Errno HandleFault(UserAddress address, MemoryAccess access) => throw new NotImplementedException(); // handle_mm_fault under the mmap read lock that the caller holds; EFAULT
    public Pfn? FrameAt(UserAddress address) => throw new NotImplementedException();  // what the CPU page table maps now
    public bool IsWritableAt(UserAddress address) => throw new NotImplementedException();
    public Result<int> PinPages(UserAddress first, int count, PinFlags flags, Span<Pfn> frames) => throw new NotImplementedException(); // pin_user_pages_remote; takes mmap_lock read; >0 or the error of the first page
    public Result<Pfn> FollowPfn(UserAddress address, bool write) => throw new NotImplementedException();   // PFNMAP areas (follow_fault_pfn)
    public Errno AccountLocked(long pages) => throw new NotImplementedException();    // mmap write lock; +/- pages
    public Errno RegisterNotifier(MmuNotifier notifier) => throw new NotImplementedException();
    public void UnregisterNotifier(MmuNotifier notifier) => throw new NotImplementedException();  // waits for running callbacks (SRCU)
}

public enum InvalidationReason { Unmap, Clear, ProtectionVma, ProtectionPage }
public readonly record struct InvalidationRange(UserRange Range, InvalidationReason Reason, bool IsBlockable);

/// <summary>struct mmu_notifier with its ops; every callback does nothing unless overridden.</summary>
public abstract class MmuNotifier
{
    public virtual Errno InvalidateRangeStart(AddressSpace mm, in InvalidationRange range) => Errno.None;
    public virtual void InvalidateRangeEnd(AddressSpace mm, in InvalidationRange range) { }
    public virtual void InvalidateRange(AddressSpace mm, UserRange range) { }   // may run under the page table lock: must not sleep
    public virtual void ChangePte(AddressSpace mm, UserAddress page, Pfn frame) { }
    public virtual void Release(AddressSpace mm) { }
}

/// <summary>struct task_struct as far as VFIO needs it: mm, limits, capability, and the thread that calls.</summary>
public sealed class Process
{
    public Process(HostKernel kernel, PhysicalMemory memory, string name) { }
    public string Name => throw new NotImplementedException();
    public KernelThread Thread => throw new NotImplementedException();
    public AddressSpace? Mm => throw new NotImplementedException();           // null after exit_mm
    public bool HasIpcLock { get; set; }                                      // CAP_IPC_LOCK
    public ulong MemlockLimitBytes { get; set; }                              // RLIMIT_MEMLOCK
    public Process Fork(string name) => throw new NotImplementedException();
    public void Exit() => throw new NotImplementedException();                // exit_mm before exit_files; files are the caller's affair through ExitFiles
    public event Action? ExitFiles;
}
