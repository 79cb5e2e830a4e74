using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.Vfio;

/// <summary>
/// The faults of one device that its guest has not taken, and those it has taken but not answered; together at most a fixed number.
/// </summary>
/// <remarks>Not locked: its owner does that. Its room is made with the first fault.</remarks>
internal sealed class GuestFaultRing
{
    private readonly int _capacity;
    private IommuFault[] _queued = [];
    private IommuFault[] _unanswered = [];
    private int _head;

    public GuestFaultRing(int capacity)
    {
        Invariant.Hold(capacity > 0, "a fault queue has room for a fault");
        _capacity = capacity;
    }

    public int QueuedCount { get; private set; }

    public int UnansweredCount { get; private set; }

    /// <summary>Adds a fault behind all others.</summary>
    /// <returns>
    /// Whether there was room; unanswered faults take room too, so that a guest which never answers cannot go on for ever.
    /// </returns>
    public bool TryQueue(in IommuFault fault)
    {
        if (QueuedCount + UnansweredCount == _capacity)
        {
            return false;
        }

        if (_queued.Length == 0)
        {
            (_queued, _unanswered) = (new IommuFault[_capacity], new IommuFault[_capacity]);
        }

        _queued[(_head + QueuedCount) % _capacity] = fault;
        QueuedCount++;
        return true;
    }

    /// <summary>Removes the oldest fault; if it is to be answered it is remembered.</summary>
    public bool TryTake(out IommuFault fault)
    {
        if (QueuedCount == 0)
        {
            fault = default;
            return false;
        }

        fault = _queued[_head];
        _head = (_head + 1) % _capacity;
        QueuedCount--;
        if (IsAnswered(in fault))
        {
            _unanswered[UnansweredCount++] = fault;
        }

        return true;
    }

    /// <summary>
    /// Forgets the oldest taken fault that a response fits, by the rules of the iommu core: a PASID counts only where it is needed.
    /// </summary>
    public bool TryAnswer(in PageResponse response)
    {
        for (int i = 0; i < UnansweredCount; i++)
        {
            ref readonly IommuFault fault = ref _unanswered[i];
            if (fault.GroupId == response.GroupId && (!fault.ResponseNeedsPasid || fault.Pasid == response.Pasid))
            {
                RemoveUnanswered(i);
                return true;
            }
        }

        return false;
    }

    /// <summary>Removes a fault that somebody must answer in the guest's place, taken or not; others are dropped on the way.</summary>
    public bool TryDiscard(out IommuFault fault)
    {
        while (UnansweredCount == 0 && TryTake(out _))
        {
        }

        if (UnansweredCount == 0)
        {
            fault = default;
            return false;
        }

        fault = _unanswered[0];
        RemoveUnanswered(0);
        return true;
    }

    private static bool IsAnswered(in IommuFault fault) => fault.Type == FaultType.PageRequest && fault.IsLastOfGroup;

    private void RemoveUnanswered(int index)
    {
        UnansweredCount--;
        Array.Copy(_unanswered, index + 1, _unanswered, index, UnansweredCount - index);
    }
}
