using Iopf.Kernel;

namespace Iopf.Machine;

/// <summary>One transaction of a device that the SMMU may hold: how it stands, and the bytes it carries.</summary>
internal sealed class BusTransaction
{
    private readonly byte[] _bytes = new byte[Page.Size];

    /// <summary>Whether the number is taken.</summary>
    public bool IsTaken { get; set; }

    /// <summary>Whether its device waits for it; otherwise the device is called when it ends.</summary>
    public bool IsWaitedFor { get; set; }

    /// <summary>How it stands.</summary>
    public DmaState State { get; set; }

    /// <summary>Its address.</summary>
    public Iova Iova { get; set; }

    /// <summary>Its substream ID, if it has one.</summary>
    public uint? Substream { get; set; }

    /// <summary>Whether it writes.</summary>
    public bool IsWrite { get; set; }

    /// <summary>How many bytes it carries.</summary>
    public int Length { get; set; }

    /// <summary>The bytes.</summary>
    public Span<byte> Bytes => _bytes.AsSpan(0, Length);
}
