using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>The bytes of frames: nothing is stored for a frame of zeros until something else is written to it.</summary>
internal sealed class FrameContents
{
    private const int WordsPerFrame = 512;
    private const int SparePagesMax = 1024;

    private readonly Dictionary<ulong, ulong[]> _beyond = [];
    private readonly Stack<ulong[]> _spare = new();
    private ulong[]?[]?[] _chunks = [];

    /// <summary>What the frames hold, for reading as long as none is added.</summary>
    public MemoryView View => new(_chunks, _beyond);

    /// <summary>The 512 words of a frame, or <see langword="null"/> for a frame of zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong[]? Find(ulong frame) => View.Find(frame);

    /// <summary>The 512 words of a frame, stored from now on.</summary>
    public ulong[] Materialize(ulong frame)
    {
        if (Find(frame) is { } words)
        {
            return words;
        }

        words = _spare.Count > 0 ? _spare.Pop() : new ulong[WordsPerFrame];
        Store(frame, words);
        return words;
    }

    /// <summary>Makes a frame one of zeros again.</summary>
    public void Clear(ulong frame)
    {
        if (Find(frame) is { } words)
        {
            Store(frame, null);
            if (_spare.Count < SparePagesMax)
            {
                Array.Clear(words);
                _spare.Push(words);
            }
        }
    }

    /// <summary>Copies a whole frame.</summary>
    public void Copy(ulong from, ulong to)
    {
        if (Find(from) is { } words)
        {
            words.CopyTo(Materialize(to), 0);
        }
        else
        {
            Clear(to);
        }
    }

    /// <summary>Whether two frames hold the same bytes.</summary>
    public bool AreEqual(ulong left, ulong right)
    {
        ReadOnlySpan<ulong> leftWords = Find(left);
        ReadOnlySpan<ulong> rightWords = Find(right);
        return leftWords.IsEmpty ? !rightWords.ContainsAnyExcept(0UL)
            : rightWords.IsEmpty ? !leftWords.ContainsAnyExcept(0UL)
            : leftWords.SequenceEqual(rightWords);
    }

    public void Read(ulong physicalAddress, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int offset = (int)(physicalAddress & Page.OffsetMask);
            int length = Math.Min(destination.Length, (int)Page.Size - offset);
            if (Find(physicalAddress >> Page.Shift) is { } words)
            {
                MemoryMarshal.AsBytes(words.AsSpan()).Slice(offset, length).CopyTo(destination);
            }
            else
            {
                destination[..length].Clear();
            }

            destination = destination[length..];
            physicalAddress += (ulong)length;
        }
    }

    public void Write(ulong physicalAddress, ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            int offset = (int)(physicalAddress & Page.OffsetMask);
            int length = Math.Min(source.Length, (int)Page.Size - offset);
            ulong frame = physicalAddress >> Page.Shift;
            ReadOnlySpan<byte> part = source[..length];
            if (Find(frame) is not null || part.ContainsAnyExcept((byte)0))
            {
                part.CopyTo(MemoryMarshal.AsBytes(Materialize(frame).AsSpan())[offset..]);
            }

            source = source[length..];
            physicalAddress += (ulong)length;
        }
    }

    /// <summary>Prepares for frames of some more chunks.</summary>
    public void GrowTo(int chunkCount)
    {
        if (chunkCount <= _chunks.Length)
        {
            return;
        }

        Array.Resize(ref _chunks, chunkCount);
        foreach ((ulong frame, ulong[] words) in _beyond)
        {
            if (frame >> PhysicalMemory.ChunkShift < (ulong)chunkCount)
            {
                _beyond.Remove(frame);
                Store(frame, words);
            }
        }
    }

    private void Store(ulong frame, ulong[]? words)
    {
        ulong chunk = frame >> PhysicalMemory.ChunkShift;
        if (chunk < (ulong)_chunks.Length)
        {
            (_chunks[chunk] ??= new ulong[]?[PhysicalMemory.ChunkMask + 1])[frame & PhysicalMemory.ChunkMask] = words;
        }
        else if (words is null)
        {
            _beyond.Remove(frame);
        }
        else
        {
            _beyond[frame] = words;
        }
    }
}
