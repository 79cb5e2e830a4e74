namespace Iopf.Kernel;

/// <summary>One item of a work queue.</summary>
/// <remarks>Kernel: <c>struct work_struct</c>.</remarks>
public interface IWork
{
    /// <summary>Does the work, in the worker's thread.</summary>
    void Run();
}
