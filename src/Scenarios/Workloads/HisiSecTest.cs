namespace Iopf.Workloads;

/// <summary>UADK's hisi_sec_test in its performance mode, page by page: who touches what, in which order.</summary>
/// <remarks>
/// One thread, two buffer sets in rotation, AES-CBC. A buffer is a plain <c>malloc</c>: its chunk is mapped by itself, so a message starts
/// 16 bytes into its first page and spills 16 bytes into one page more. Counts are never computed: the model's faults add up to them.
/// </remarks>
/// <param name="platform">Where the test runs.</param>
/// <param name="messageBytes">The length of a message.</param>
internal sealed class HisiSecTest(ISecPlatform platform, int messageBytes)
{
    /// <summary>Runs the test.</summary>
    /// <param name="messages">How many messages are sent.</param>
    /// <returns>The faults taken from the first message on, and whether every message was sent.</returns>
    public SecTestOutcome Run(int messages)
    {
        SecBuffers buffers = SecBuffers.Prepare(platform, messageBytes);
        long before = platform.Faults;
        for (int message = 0; message < messages; message++)
        {
            if (!Send(buffers, message))
            {
                return new SecTestOutcome(platform.Faults - before, IsFinished: false);
            }
        }

        return new SecTestOutcome(platform.Faults - before, IsFinished: true);
    }

    private bool Send(SecBuffers buffers, int message)
    {
        ulong submission = SecQueue.Submission(platform.QueueBlock, message);
        platform.Cpu(submission, SecQueue.SubmissionBytes, write: true);
        return platform.DeviceQueue(submission, SecQueue.SubmissionBytes, write: false)
            && platform.Device(buffers.Key, SecBuffers.BlockBytes, write: false)
            && platform.Device(buffers.InitializationVector, SecBuffers.BlockBytes, write: false)
            && Encrypt(buffers.SourceOf(message), buffers.DestinationOf(message))
            && platform.DeviceQueue(SecQueue.Completion(platform.QueueBlock, message), SecQueue.CompletionBytes, write: true);
    }

    // The engine streams: it reads a block of the source and writes it to the destination, page after page. One access stands for a page.
    private bool Encrypt(ulong source, ulong destination)
    {
        ulong end = (ulong)messageBytes;
        for (ulong done = 0; done < end; done = SecBuffers.NextPage(source, done))
        {
            if (!platform.Device(source + done, SecBuffers.BlockBytes, write: false)
                || !platform.Device(destination + done, SecBuffers.BlockBytes, write: true))
            {
                return false;
            }
        }

        return true;
    }
}
