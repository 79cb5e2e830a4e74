namespace Iopf.SpeedKit;

/// <summary>What something cost, in operations of the model.</summary>
/// <param name="Steps">Steps of the trace.</param>
/// <param name="Locks">Locks taken.</param>
/// <param name="Frames">Frames allocated, those given back subtracted.</param>
/// <param name="Invalidations">TLB invalidation commands.</param>
/// <param name="Comparisons">Mappings that look-ups were compared with.</param>
public readonly record struct OperationCounts(long Steps, long Locks, long Frames, long Invalidations, long Comparisons);
