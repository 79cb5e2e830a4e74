using Iopf.Kernel;

namespace Iopf.Workloads;

/// <summary>The memory of one run of the test: the key, the initialisation vector, and the buffer sets in rotation.</summary>
internal sealed class SecBuffers
{
    /// <summary>Buffer sets that take turns in the cover letter's test.</summary>
    public const int Sets = 2;

    /// <summary>Bytes before a chunk of memory that the allocator keeps for itself.</summary>
    public const int ChunkHeaderBytes = 16;

    /// <summary>Bytes the CPU copies into a source, and the length of a block that the device reads or writes at a time.</summary>
    public const int BlockBytes = 16;

    private const int KeyBytes = 64;

    private readonly ulong[] _sources;
    private readonly ulong[] _destinations;

    private SecBuffers(int messageBytes, int sets)
    {
        MessageBytes = messageBytes;
        (_sources, _destinations) = (new ulong[sets], new ulong[sets]);
    }

    /// <summary>How many sets take turns.</summary>
    public int Count => _sources.Length;

    /// <summary>The length of a message.</summary>
    public int MessageBytes { get; }

    /// <summary>Where the key is.</summary>
    public ulong Key { get; private init; }

    /// <summary>Where the initialisation vector is.</summary>
    public ulong InitializationVector { get; private init; }

    /// <summary>Pages a message lies in.</summary>
    public int PagesPerMessage => (int)((ulong)(ChunkHeaderBytes + MessageBytes) / Page.Size) + 1;

    /// <summary>Allocates the memory and has the CPU touch what it touches before the first message.</summary>
    /// <param name="platform">Where the test runs.</param>
    /// <param name="messageBytes">The length of a message.</param>
    /// <param name="sets">Buffer sets that take turns.</param>
    /// <returns>The memory.</returns>
    public static SecBuffers Prepare(ISecPlatform platform, int messageBytes, int sets = Sets)
    {
        ulong heap = platform.Reserve(pages: 1, isolated: true);
        platform.Cpu(heap, ChunkHeaderBytes + KeyBytes, write: true);
        SecBuffers sized = new(messageBytes, sets);
        ulong vector = sized.Allocate(platform, isolated: false);
        platform.Cpu(vector, messageBytes, write: true);
        SecBuffers buffers = new(messageBytes, sets) { Key = heap + ChunkHeaderBytes, InitializationVector = vector };
        for (int set = 0; set < sets; set++)
        {
            buffers._sources[set] = sized.Allocate(platform, isolated: true);
            platform.Cpu(buffers._sources[set], BlockBytes, write: true);
            buffers._destinations[set] = sized.Allocate(platform, isolated: true);
        }

        return buffers;
    }

    /// <summary>Where a message is read from.</summary>
    /// <param name="message">Its number, from 0.</param>
    /// <returns>The address.</returns>
    public ulong SourceOf(int message) => _sources[message % Count];

    /// <summary>Where a message is written to.</summary>
    /// <param name="message">Its number, from 0.</param>
    /// <returns>The address.</returns>
    public ulong DestinationOf(int message) => _destinations[message % Count];

    /// <summary>How much of a buffer is done when its next page begins.</summary>
    /// <param name="buffer">Where the buffer begins.</param>
    /// <param name="done">Bytes done.</param>
    /// <returns>Bytes.</returns>
    public static ulong NextPage(ulong buffer, ulong done) => Page.StartOf(buffer + done) + Page.Size - buffer;

    // malloc of more than the mmap threshold: the chunk is a mapping of its own, and only its header is touched.
    private ulong Allocate(ISecPlatform platform, bool isolated)
    {
        ulong chunk = platform.Reserve(PagesPerMessage, isolated);
        platform.Cpu(chunk, ChunkHeaderBytes, write: true);
        return chunk + ChunkHeaderBytes;
    }
}
