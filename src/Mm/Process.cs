using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>A process as far as VFIO needs it: its memory, its limits, its capability, and the thread that makes its calls.</summary>
/// <remarks>Kernel: <c>struct task_struct</c> of a thread-group leader.</remarks>
public class Process
{
    private readonly HostKernel _kernel;
    private readonly PhysicalMemory _memory;
    private bool _hasExited;
    private AddressSpace? _mm;

    /// <summary>Creates a process with empty memory.</summary>
    /// <param name="kernel">The kernel it runs on.</param>
    /// <param name="memory">The memory it allocates from.</param>
    /// <param name="name">Its name in traces and reports.</param>
    public Process(HostKernel kernel, PhysicalMemory memory, string name)
        : this(kernel, memory, name, new AddressSpace(kernel, memory, name))
    {
    }

    /// <summary>Creates a process around a memory that exists.</summary>
    /// <param name="kernel">The kernel it runs on.</param>
    /// <param name="memory">The memory it allocates from.</param>
    /// <param name="name">Its name in traces and reports.</param>
    /// <param name="mm">Its memory; it becomes the user that <paramref name="mm"/> was created with.</param>
    public Process(HostKernel kernel, PhysicalMemory memory, string name, AddressSpace mm)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        _kernel = kernel;
        _memory = memory;
        Name = name;
        _mm = mm;
        Thread = kernel.Scheduler.CreateCaller(name);
    }

    /// <summary>Raised when the process closes its files, after it left its memory.</summary>
    /// <remarks>Kernel: <c>exit_files</c>.</remarks>
    public event Action? ExitFiles;

    /// <summary>The name in traces and reports.</summary>
    public string Name { get; }

    /// <summary>The thread that makes the process's calls, to be entered with <see cref="Scheduler.Enter"/>.</summary>
    public KernelThread Thread { get; }

    /// <summary>The process's memory; <see langword="null"/> once it exited.</summary>
    public virtual AddressSpace? Mm
    {
        get
        {
            _kernel.Scheduler.Touch(Name, writes: false);
            return _mm;
        }
    }

    /// <summary>Whether the process may lock any amount of memory.</summary>
    /// <remarks>Kernel: <c>CAP_IPC_LOCK</c>.</remarks>
    public bool HasIpcLock { get; set; }

    /// <summary>How much memory the process may lock, in bytes; 64 KiB unless set.</summary>
    /// <remarks>Kernel: <c>RLIMIT_MEMLOCK</c>.</remarks>
    public ulong MemlockLimitBytes { get; set; } = 64 * 1024;

    /// <summary>Makes a child with a copy of the memory, and the same limit and capability.</summary>
    /// <param name="name">The child's name.</param>
    /// <returns>The child; ENOMEM.</returns>
    public Result<Process> Fork(string name)
    {
        Invariant.Hold(Mm is not null, "a process that exited does not fork");
        return Mm.Fork(name).TryGet(out AddressSpace? copy, out Errno error)
            ? new Process(_kernel, _memory, name, copy) { HasIpcLock = HasIpcLock, MemlockLimitBytes = MemlockLimitBytes }
            : error;
    }

    /// <summary>Starts another program: the memory is left for an empty one; files stay open.</summary>
    /// <remarks>Kernel: <c>exec_mmap</c>.</remarks>
    /// <returns>ENOMEM, and then the old program goes on.</returns>
    public Errno Exec()
    {
        Invariant.Hold(Mm is not null, "a process that exited does not start a program");
        AddressSpace old = Mm;
        if (!_memory.Allocate(FrameUse.PageTable).TryGet(out Pfn root, out Errno error))
        {
            return error;
        }

        _mm = new AddressSpace(_kernel, _memory, Name, root);
        InOwnThread(old.Exit);
        return Errno.None;
    }

    /// <summary>Ends the process: it leaves its memory, then closes its files.</summary>
    /// <remarks>Kernel: <c>do_exit</c>: <c>exit_mm</c> comes before <c>exit_files</c>.</remarks>
    public void Exit()
    {
        ExitMemory();
        InOwnThread(() => ExitFiles?.Invoke());
    }

    /// <summary>The first half of the process's end: it leaves its memory; its files are still open.</summary>
    /// <remarks>Kernel: <c>exit_mm</c>.</remarks>
    public void ExitMemory()
    {
        Invariant.Hold(!_hasExited, "a process exits once");
        _hasExited = true;
        AddressSpace old = _mm!;
        _kernel.Scheduler.Touch(Name, writes: true);
        _mm = null;
        InOwnThread(old.Exit);
    }

    /// <summary>The first thread of the process ends while others live on: who asks the process for its memory finds none any more.</summary>
    /// <remarks>Kernel: a thread-group leader after <c>exit_mm</c>, whose <c>task-&gt;mm</c> is NULL.</remarks>
    public void ExitLeader()
    {
        _kernel.Scheduler.Touch(Name, writes: true);
        _mm = null;
    }

    private void InOwnThread(Action step)
    {
        if (ReferenceEquals(_kernel.Scheduler.Current, Thread))
        {
            step();
            return;
        }

        using ThreadScope entered = _kernel.Scheduler.Enter(Thread);
        step();
    }
}
