using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>Physical memory as it can be read in one go: a walk of a page table takes it once for all of its reads.</summary>
/// <remarks>To be taken anew after anything that may have allocated a frame or stored the first word of one.</remarks>
public readonly ref struct MemoryView
{
    private const int WordsPerFrame = 512;

    private readonly ulong[]?[]?[] _chunks;
    private readonly Dictionary<ulong, ulong[]> _beyond;

    internal MemoryView(ulong[]?[]?[] chunks, Dictionary<ulong, ulong[]> beyond)
    {
        _chunks = chunks;
        _beyond = beyond;
    }

    /// <summary>Reads a 64-bit word; frames nobody wrote to, and free ones, read as zero.</summary>
    /// <param name="physicalAddress">A physical address that is a multiple of 8.</param>
    /// <returns>The word.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadWord(ulong physicalAddress)
    {
        ulong[]? words = Find(physicalAddress >> Page.Shift);
        return words is null ? 0 : WordOf(words, physicalAddress);
    }

    /// <summary>The word of a frame that an address falls on.</summary>
    /// <remarks>Every walk of a table ends here four times: the length is not checked again, as a frame's array always has 512 words.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ref ulong WordOf(ulong[] words, ulong physicalAddress) =>
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(words), (nuint)((physicalAddress >> 3) & (WordsPerFrame - 1)));

    /// <summary>The 512 words of a frame, or <see langword="null"/> for a frame of zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong[]? Find(ulong frame)
    {
        ulong[]?[]?[] chunks = _chunks;
        ulong chunk = frame >> PhysicalMemory.ChunkShift;
        return chunk < (ulong)chunks.Length
            ? At(chunks, chunk) is { } frames ? At(frames, frame & PhysicalMemory.ChunkMask) : null
            : FindBeyond(_beyond, frame);
    }

    // As above: the length of the outer array was looked at, and a chunk's array always has as many places as a chunk has frames.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T At<T>(T[] array, ulong index) => Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(array), (nuint)index);

    // Static, so that a view whose address nobody takes stays in registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong[]? FindBeyond(Dictionary<ulong, ulong[]> beyond, ulong frame) => beyond.GetValueOrDefault(frame);
}
