using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.Machine;

/// <summary>The DMA engine of one device: issues transactions page by page, and waits where the SMMU holds one.</summary>
/// <remarks>
/// A DMA that needs no fault, or whose faults are answered at once, allocates nothing. Bytes move when the SMMU lets a transaction
/// through, not later: between the two the page may have gone.
/// </remarks>
/// <param name="kernel">The scheduler and the trace.</param>
/// <param name="memory">Where the bytes are.</param>
/// <param name="smmu">The SMMU in front of the device.</param>
/// <param name="streamId">The stream ID its transactions carry.</param>
/// <param name="name">The device's name.</param>
public sealed class DeviceEngine(HostKernel kernel, PhysicalMemory memory, SmmuHardware smmu, uint streamId, string name) : IBusMaster
{
    private readonly List<BusTransaction> _transactions = [];
    private readonly Queue<PendingDma> _pending = new();
    private readonly KernelThread _thread = kernel.Scheduler.CreateCaller(name);

    /// <summary>The device's name.</summary>
    public string Name { get; } = name;

    /// <summary>How many DMAs were left with a transaction in the SMMU.</summary>
    public int PendingCount => _pending.Count;

    /// <summary>Reads memory.</summary>
    /// <param name="iova">The first address.</param>
    /// <param name="destination">Where the bytes go.</param>
    /// <param name="access">How; <see cref="DmaAccess.IsWrite"/> is not looked at.</param>
    /// <returns>What became of it.</returns>
    public DmaState Read(Iova iova, Span<byte> destination, DmaAccess access = default) =>
        Run(iova, destination, access with { IsWrite = false });

    /// <summary>Writes memory.</summary>
    /// <param name="iova">The first address.</param>
    /// <param name="source">The bytes; they are not changed.</param>
    /// <param name="access">How; <see cref="DmaAccess.IsWrite"/> is not looked at.</param>
    /// <returns>What became of it.</returns>
    public DmaState Write(Iova iova, Span<byte> source, DmaAccess access = default) =>
        Run(iova, source, access with { IsWrite = true });

    /// <summary>Looks at the oldest DMA that was left with a transaction in the SMMU, and goes on with it if that has ended.</summary>
    /// <param name="data">Its bytes so far; empty if there is no such DMA.</param>
    /// <param name="state">What has become of it.</param>
    /// <returns>Whether there is one; one that has ended is gone after this call.</returns>
    public bool TryContinue(out ReadOnlyMemory<byte> data, out DmaState state)
    {
        data = default;
        state = default;
        if (!_pending.TryPeek(out PendingDma? dma))
        {
            return false;
        }

        using (kernel.Scheduler.Enter(_thread))
        {
            kernel.Scheduler.RunReady();
            state = Continue(dma);
        }

        data = dma.Data;
        if (state != DmaState.Stalled)
        {
            _pending.Dequeue();
        }

        return true;
    }

    /// <summary>Called when a transaction ends that <see cref="Begin"/> left in the SMMU: its number, and what became of it.</summary>
    public Action<int, DmaState>? Ended { get; set; }

    /// <summary>Issues one transaction and does not wait for it: many may be in the SMMU at the same time.</summary>
    /// <param name="iova">The first address.</param>
    /// <param name="part">The bytes, within one page; those of a read come only if it completes at once.</param>
    /// <param name="access">How.</param>
    /// <param name="transaction">Its number until it has ended.</param>
    /// <returns>What became of it; if it stalled, <see cref="Ended"/> tells the rest.</returns>
    public DmaState Begin(Iova iova, Span<byte> part, DmaAccess access, out int transaction)
    {
        using (kernel.Scheduler.Enter(_thread))
        {
            transaction = TakeNumber(iova, part.Length, access);
            DmaRequest request = new(streamId, access.Substream, iova, access.IsWrite, access.IsInstruction, access.IsPrivileged);
            switch (smmu.Translate(request, this, transaction, out ulong physicalAddress))
            {
                case DmaOutcome.Completed:
                    Move(physicalAddress, part, access.IsWrite, iova, access.Substream);
                    return Drop(transaction, DmaState.Completed);
                case DmaOutcome.Stalled:
                    part.CopyTo(_transactions[transaction].Bytes);
                    _transactions[transaction].IsWaitedFor = false;
                    return DmaState.Stalled;
                case DmaOutcome.Aborted:
                    return Drop(transaction, DmaState.Aborted);
                default:
                    return Drop(transaction, DmaState.ReadAsZeroWriteIgnored);
            }
        }
    }

    /// <summary>Called with the address of each transaction that wrote memory, and its substream; observes only.</summary>
    public Action<Iova, uint?>? Wrote { get; set; }

    /// <inheritdoc/>
    void IBusMaster.Completed(int transaction, ulong physicalAddress)
    {
        BusTransaction held = _transactions[transaction];
        if (physicalAddress == 0)
        {
            if (!held.IsWrite)
            {
                held.Bytes.Clear();
            }

            End(transaction, DmaState.ReadAsZeroWriteIgnored);
            return;
        }

        Move(physicalAddress, held.Bytes, held.IsWrite, held.Iova, held.Substream);
        End(transaction, DmaState.Completed);
    }

    /// <inheritdoc/>
    void IBusMaster.Aborted(int transaction) => End(transaction, DmaState.Aborted);

    private void End(int transaction, DmaState state)
    {
        BusTransaction held = _transactions[transaction];
        held.State = state;
        if (!held.IsWaitedFor)
        {
            held.IsTaken = false;
            Ended?.Invoke(transaction, state);
        }
    }

    private DmaState Run(Iova iova, Span<byte> data, DmaAccess access)
    {
        using (kernel.Scheduler.Enter(_thread))
        {
            string direction = access.IsWrite ? "write" : "read";
            TracePoint begin = new(TracePointKind.DmaBegin) { StreamId = streamId, Size = (ulong)data.Length, IsWrite = access.IsWrite };
            kernel.Step(TraceLayer.Device, direction, Name, iova, in begin, $"{data.Length} bytes");
            DmaState state = Transfer(iova, data, access, out int done, out int transaction);
            if (state == DmaState.Stalled)
            {
                _pending.Enqueue(new PendingDma(access, iova, data.ToArray(), done, transaction));
            }

            kernel.Step(
                TraceLayer.Device,
                direction,
                Name,
                iova,
                begin with { Kind = TracePointKind.DmaEnd, Done = (ulong)done },
                $"{state} after {done} bytes");
            return state;
        }
    }

    private DmaState Transfer(Iova iova, Span<byte> data, DmaAccess access, out int done, out int transaction)
    {
        DmaState worst = DmaState.Completed;
        done = 0;
        transaction = -1;
        while (done < data.Length)
        {
            Iova here = iova.Plus((ulong)done);
            Span<byte> part = data.Slice(done, Math.Min(data.Length - done, (int)Page.Size - here.PageOffset));
            DmaState state = Issue(here, part, access, out transaction);
            if (state is DmaState.Aborted or DmaState.Stalled)
            {
                return state;
            }

            worst = state == DmaState.ReadAsZeroWriteIgnored ? state : worst;
            done += part.Length;
        }

        return worst;
    }

    // One transaction, within one page. A number is taken before the SMMU is asked: it may name it in an event at once.
    private DmaState Issue(Iova iova, Span<byte> part, DmaAccess access, out int transaction)
    {
        transaction = TakeNumber(iova, part.Length, access);
        DmaRequest request = new(streamId, access.Substream, iova, access.IsWrite, access.IsInstruction, access.IsPrivileged);
        DmaOutcome outcome = smmu.Translate(request, this, transaction, out ulong physicalAddress);
        if (outcome == DmaOutcome.Completed)
        {
            Move(physicalAddress, part, access.IsWrite, iova, access.Substream);
            return Drop(transaction, DmaState.Completed);
        }

        if (outcome == DmaOutcome.Stalled && access.IsWrite)
        {
            // Nobody is resumed before: the SMMU's own steps are one, and the event thread has not run yet.
            part.CopyTo(_transactions[transaction].Bytes);
        }

        // Here EventThread.Run reads the record and the device's worker serves the fault; TransactionControl.Resume then ends the transaction.
        kernel.Scheduler.RunReady();
        if (outcome == DmaOutcome.Stalled)
        {
            return EndOf(transaction, part);
        }

        if (outcome == DmaOutcome.ReadAsZeroWriteIgnored && !access.IsWrite)
        {
            part.Clear();
        }

        return Drop(transaction, outcome == DmaOutcome.Aborted ? DmaState.Aborted : DmaState.ReadAsZeroWriteIgnored);
    }

    private DmaState EndOf(int transaction, Span<byte> part)
    {
        BusTransaction held = _transactions[transaction];
        if (held.State == DmaState.Stalled)
        {
            return DmaState.Stalled;
        }

        if (!held.IsWrite)
        {
            held.Bytes.CopyTo(part);
        }

        return Drop(transaction, held.State);
    }

    private DmaState Continue(PendingDma dma)
    {
        Iova here = dma.Iova.Plus((ulong)dma.Done);
        int length = Math.Min(dma.Data.Length - dma.Done, (int)Page.Size - here.PageOffset);
        DmaState first = EndOf(dma.Transaction, dma.Data.AsSpan(dma.Done, length));
        if (first is DmaState.Stalled or DmaState.Aborted)
        {
            return first;
        }

        dma.Done += length;
        DmaState rest = Transfer(dma.Iova.Plus((ulong)dma.Done), dma.Data.AsSpan(dma.Done), dma.Access, out int done, out int transaction);
        dma.Done += done;
        dma.Transaction = transaction;
        return rest == DmaState.Completed ? first : rest;
    }

    private int TakeNumber(Iova iova, int length, DmaAccess access)
    {
        int number = 0;
        while (number < _transactions.Count && _transactions[number].IsTaken)
        {
            number++;
        }

        if (number == _transactions.Count)
        {
            _transactions.Add(new BusTransaction());
        }

        BusTransaction held = _transactions[number];
        held.IsTaken = true;
        held.IsWaitedFor = true;
        held.State = DmaState.Stalled;
        held.Iova = iova;
        held.Substream = access.Substream;
        held.IsWrite = access.IsWrite;
        held.Length = length;
        return number;
    }

    private DmaState Drop(int transaction, DmaState state)
    {
        _transactions[transaction].IsTaken = false;
        return state;
    }

    private void Move(ulong physicalAddress, Span<byte> part, bool isWrite, Iova iova, uint? substream)
    {
        if (isWrite)
        {
            memory.Write(physicalAddress, part);
            Wrote?.Invoke(iova, substream);
        }
        else
        {
            memory.Read(physicalAddress, part);
        }
    }
}
