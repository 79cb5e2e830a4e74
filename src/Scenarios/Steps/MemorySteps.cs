using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Mm;

namespace Iopf.Scenarios.Steps;

/// <summary>What a process and the mm do to memory.</summary>
/// <param name="host">The host.</param>
/// <param name="files">The files its processes have open.</param>
internal sealed class MemorySteps(ModeledHost host, OpenFiles files) : StepFamily
{
    private const int MostAttempts = 10;
    private readonly HashSet<ulong> _deviceFrames = [];

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, StepAction>> Operations =>
    [
        Operation("mmap", step => InMm(step, mm => Map(mm, step))),
        Operation("munmap", step => InMm(step, mm => mm.Munmap(RangeOf(step)))),
        Operation("mprotect", step => InMm(step, mm => mm.Mprotect(RangeOf(step), AccessOf(step)))),
        Operation("mremap", step => InMm(step, mm => mm.Mremap(RangeOf(step), new UserAddress(step.Number("to"))))),
        Operation("madvise", step => InMm(step, mm => mm.Madvise(RangeOf(step), AdviceOf(step)))),
        Operation("cpu_read", Read),
        Operation("cpu_write", step => InMm(step, mm => mm.Write(AddressOf(step), DataOf(step)))),
        Operation("touch", step => InMm(step, mm => Touch(mm, step))),
        Operation("userfault", step => InMm(step, mm => SupplyPages(mm, step))),
        Operation("fork", Fork),
        Operation("exec", Exec),
        Operation("exit", Exit),
        Operation("exit_mm", ExitMemory),
        Operation("exit_leader", ExitLeader),
        Operation("kill", Kill),
        Operation("oom_reap", step => InMm(step, mm => mm.ReapForOom())),
        Operation("zap_device", step => InMm(step, mm => mm.ZapDevicePages(RangeOf(step)))),
        Operation("migrate", step => InMm(step, mm => EachPage(step, mm.Migrate))),
        Operation("swap_out", step => InMm(step, mm => EachPage(step, mm.SwapOut))),
        Operation("merge", step => InMm(step, mm => Merge(mm, step))),
        Operation("writeback", step => InMm(step, mm => EachPage(step, mm.CleanForWriteback))),
        Operation("numa_hint", step => InMm(step, mm => HintNuma(mm, step))),
    ];

    private static UserAddress AddressOf(ScenarioStep step) => new(step.Number("addr"));

    private static UserRange RangeOf(ScenarioStep step) => UserRange.OfLength(AddressOf(step), step.Number("size", Page.Size));

    private static MemoryAccess AccessOf(ScenarioStep step) => step.Word("access", "rw") switch
    {
        "r" => MemoryAccess.Read,
        "w" => MemoryAccess.Write,
        "none" => MemoryAccess.None,
        _ => MemoryAccess.Read | MemoryAccess.Write,
    };

    private static VmaKind KindOf(ScenarioStep step) => step.Word("kind") switch
    {
        "shared" => VmaKind.Shared,
        "dax" => VmaKind.DirectAccess,
        "pfnmap" => VmaKind.PfnMap,
        _ => VmaKind.Anonymous,
    };

    private static MemoryAdvice AdviceOf(ScenarioStep step) => step.Word("advice") switch
    {
        "free" => MemoryAdvice.Free,
        "remove" => MemoryAdvice.Remove,
        "hugepage" => MemoryAdvice.HugePage,
        "unmergeable" => MemoryAdvice.Unmergeable,
        _ => MemoryAdvice.DontNeed,
    };

    // Only the page tables are asked: a touch leaves the contents alone.
    private static Errno Touch(AddressSpace mm, ScenarioStep step)
    {
        MemoryAccess access = step.Word("dir", "write") == "write" ? MemoryAccess.Write : MemoryAccess.Read;
        using (mm.MmapLock.HoldRead())
        {
            return EachPage(step, page => mm.HandleFault(page, access));
        }
    }

    private static Errno EachPage(ScenarioStep step, Func<UserAddress, Errno> act)
    {
        UserRange range = RangeOf(step);
        for (ulong page = 0; page < range.PageCount; page++)
        {
            Errno error = act(new UserAddress(range.First.Value + (page << Page.Shift)));
            if (error != Errno.None)
            {
                return error;
            }
        }

        return Errno.None;
    }

    private static Errno HintNuma(AddressSpace mm, ScenarioStep step)
    {
        mm.HintNuma(RangeOf(step));
        return Errno.None;
    }

    private Errno Merge(AddressSpace mm, ScenarioStep step)
    {
        AddressSpace? owner = step.Has("other_process") ? host.Processes[step.Word("other_process")].Mm : mm;
        return owner is null ? Errno.ESRCH : mm.Merge(AddressOf(step), owner, new UserAddress(step.Number("other")));
    }

    private Errno Map(AddressSpace mm, ScenarioStep step)
    {
        Pfn first = new(step.Number("frame", Format.OperationTable.FirstDeviceFrame));
        if (KindOf(step) == VmaKind.PfnMap && _deviceFrames.Add(first.Value))
        {
            host.Memory.RegisterDeviceFrames(first, step.Number("size") >> Page.Shift);
        }

        return mm.Mmap(RangeOf(step), AccessOf(step), KindOf(step), first);
    }

    // The thread that reads the userfaultfd: woken by a missing page, it supplies that page.
    private Errno SupplyPages(AddressSpace mm, ScenarioStep step)
    {
        byte[] contents = new byte[Page.Size];
        ReadOnlySpan<byte> pattern = step.Data("data").Span;
        for (int i = 0; i < contents.Length && pattern.Length > 0; i++)
        {
            contents[i] = pattern[i % pattern.Length];
        }

        Queue<UserAddress> missing = new();
        KernelThread monitor = host.Kernel.Scheduler.CreateThread($"{mm.Name} userfaults", () =>
        {
            while (missing.TryDequeue(out UserAddress page))
            {
                // Without memory for the page the waiting thread would wait for ever: whoever supplies it tries again.
                int attempts = 0;
                while (mm.CompleteUserfault(page, contents) == Errno.ENOMEM && ++attempts < MostAttempts)
                {
                    continue;
                }
            }
        });
        mm.UserfaultRaised += page =>
        {
            missing.Enqueue(page);
            host.Kernel.Scheduler.Wake(monitor);
        };
        return mm.RegisterUserfault(RangeOf(step));
    }

    private StepOutcome InMm(ScenarioStep step, Func<AddressSpace, Errno> act)
    {
        Process process = host.Processes[step.Word("process")];
        if (process.Mm is not AddressSpace mm)
        {
            return Errno.ESRCH;
        }

        using (host.Kernel.Scheduler.Enter(process.Thread))
        {
            host.Kernel.Step(TraceLayer.User, step.Op, "", null, $"{step.Arguments}");
            return act(mm);
        }
    }

    private StepOutcome Read(ScenarioStep step)
    {
        byte[] data = new byte[step.Number("len", 16)];
        StepOutcome outcome = InMm(step, mm => mm.Read(AddressOf(step), data));
        return outcome.Result == "0" ? outcome.WithData("data", data) : outcome;
    }

    private StepOutcome Fork(ScenarioStep step)
    {
        Process parent = host.Processes[step.Word("process")];
        return InMm(step, _ =>
        {
            if (!parent.Fork(step.Word("child")).TryGet(out Process? child, out Errno error))
            {
                return error;
            }

            host.Add(child);
            return Errno.None;
        });
    }

    private StepOutcome Exec(ScenarioStep step)
    {
        Process process = host.Processes[step.Word("process")];
        return InMm(step, _ => process.Exec());
    }

    private StepOutcome Exit(ScenarioStep step)
    {
        Process process = host.Processes[step.Word("process")];
        if (process.Mm is null)
        {
            return Errno.ESRCH;
        }

        using (host.Kernel.Scheduler.Enter(process.Thread))
        {
            host.Kernel.Step(TraceLayer.User, step.Op, "", null, $"{step.Arguments}");
            files.CloseWithExitOf(process);
            process.Exit();
        }

        return Errno.None;
    }

    private StepOutcome ExitMemory(ScenarioStep step)
    {
        Process process = host.Processes[step.Word("process")];
        if (process.Mm is null)
        {
            return Errno.ESRCH;
        }

        process.ExitMemory();
        return Errno.None;
    }

    private StepOutcome ExitLeader(ScenarioStep step)
    {
        host.Processes[step.Word("process")].ExitLeader();
        return Errno.None;
    }

    private StepOutcome Kill(ScenarioStep step)
    {
        host.Processes[step.Word("process")].Thread.HasFatalSignal = true;
        return Errno.None;
    }
}
