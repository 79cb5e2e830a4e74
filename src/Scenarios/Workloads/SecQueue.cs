using Iopf.Kernel;

namespace Iopf.Workloads;

/// <summary>The layout of one queue pair of the accelerator.</summary>
internal static class SecQueue
{
    /// <summary>Entries of each queue.</summary>
    public const int Depth = 1024;

    /// <summary>Bytes of a submission queue entry.</summary>
    public const int SubmissionBytes = 128;

    /// <summary>Bytes of a completion queue entry.</summary>
    public const int CompletionBytes = 16;

    /// <summary>Pages of one queue pair; both queues lie in one DMA block.</summary>
    public const int BlockPages = Depth * (SubmissionBytes + CompletionBytes) / (int)Page.Size;

    /// <summary>Queue pairs the driver allocates when it probes the device.</summary>
    public const int Pairs = 12;

    /// <summary>Where a message's submission entry is.</summary>
    /// <param name="block">The queue pair's block.</param>
    /// <param name="message">The message's number, from 0.</param>
    /// <returns>The address.</returns>
    public static ulong Submission(ulong block, int message) => block + (ulong)(message % Depth * SubmissionBytes);

    /// <summary>Where a message's completion entry is.</summary>
    /// <param name="block">The queue pair's block.</param>
    /// <param name="message">The message's number, from 0.</param>
    /// <returns>The address.</returns>
    public static ulong Completion(ulong block, int message) =>
        block + (Depth * SubmissionBytes) + (ulong)(message % Depth * CompletionBytes);
}
