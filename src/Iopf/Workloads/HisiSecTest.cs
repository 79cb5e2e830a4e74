using Iopf.Kernel;

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
    private const int BufferSets = 2;
    private const int ChunkHeaderBytes = 16;
    private const int CopiedBytes = 16;
    private const int KeyBytes = 64;
    private const int InitializationVectorBytes = 16;

    private readonly ulong[] _sources = new ulong[BufferSets];
    private readonly ulong[] _destinations = new ulong[BufferSets];
    private ulong _key;
    private ulong _initializationVector;

    /// <summary>Runs the test.</summary>
    /// <param name="messages">How many messages are sent.</param>
    /// <returns>The faults taken from the first message on, and whether every message was sent.</returns>
    public SecTestOutcome Run(int messages)
    {
        Prepare();
        long before = platform.Faults;
        for (int message = 0; message < messages; message++)
        {
            if (!Send(message))
            {
                return new SecTestOutcome(platform.Faults - before, IsFinished: false);
            }
        }

        return new SecTestOutcome(platform.Faults - before, IsFinished: true);
    }

    private void Prepare()
    {
        ulong heap = platform.Reserve(pages: 1, isolated: true);
        _key = heap + ChunkHeaderBytes;
        platform.Cpu(heap, ChunkHeaderBytes + KeyBytes, write: true);
        _initializationVector = Allocate(isolated: false);
        platform.Cpu(_initializationVector, messageBytes, write: true);
        for (int set = 0; set < BufferSets; set++)
        {
            _sources[set] = Allocate(isolated: true);
            platform.Cpu(_sources[set], CopiedBytes, write: true);
            _destinations[set] = Allocate(isolated: true);
        }
    }

    // malloc of more than the mmap threshold: the chunk is a mapping of its own, and only its header is touched.
    private ulong Allocate(bool isolated)
    {
        int pages = (int)((ulong)(ChunkHeaderBytes + messageBytes) / Page.Size) + 1;
        ulong chunk = platform.Reserve(pages, isolated);
        platform.Cpu(chunk, ChunkHeaderBytes, write: true);
        return chunk + ChunkHeaderBytes;
    }

    private bool Send(int message)
    {
        ulong submission = SecQueue.Submission(platform.QueueBlock, message);
        platform.Cpu(submission, SecQueue.SubmissionBytes, write: true);
        return platform.DeviceQueue(submission, SecQueue.SubmissionBytes, write: false)
            && platform.Device(_key, InitializationVectorBytes, write: false)
            && platform.Device(_initializationVector, InitializationVectorBytes, write: false)
            && Encrypt(_sources[message % BufferSets], _destinations[message % BufferSets])
            && platform.DeviceQueue(SecQueue.Completion(platform.QueueBlock, message), SecQueue.CompletionBytes, write: true);
    }

    // The engine streams: it reads a block of the source and writes it to the destination, page after page. One access stands for a page.
    private bool Encrypt(ulong source, ulong destination)
    {
        ulong end = (ulong)messageBytes;
        for (ulong done = 0; done < end; done = NextPage(source, done))
        {
            if (!platform.Device(source + done, CopiedBytes, write: false)
                || !platform.Device(destination + done, CopiedBytes, write: true))
            {
                return false;
            }
        }

        return true;
    }

    private static ulong NextPage(ulong buffer, ulong done) => Page.StartOf(buffer + done) + Page.Size - buffer;
}
