using Iopf.Kernel;
using Iopf.VfioType1;

namespace Iopf.Testing;

/// <summary>A <see cref="Type1World"/> with one mapping on demand, from page 0 on, and process memory behind it.</summary>
public sealed class Mapped : Type1World
{
    private Mapped(ulong pageCount)
    {
        AddMemory(0, pageCount);
        Mapping = AddMapping(0, pageCount);
    }

    private Mapped(ulong pageCount, IServiceProvider services)
        : base(services)
    {
        AddMemory(0, pageCount);
        Mapping = AddMapping(0, pageCount);
    }

    /// <summary>The mapping.</summary>
    public DmaMapping Mapping { get; }

    /// <summary>Its first iova, that of page 0.</summary>
    public Iova FirstIova => Mapping.Iova;

    /// <summary>Makes a world whose only mapping has so many pages.</summary>
    /// <param name="count">How many pages of 4 KiB, at least 1.</param>
    /// <param name="services">
    /// The container whose answers shall act on the world: its kernel and memory are the world's. <see langword="null"/> for a world of its own, which suffices for
    /// answers that look at the container and the mapping only.
    /// </param>
    /// <returns>The world.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    public static Mapped Pages(int count, IServiceProvider? services = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return services is null ? new Mapped((ulong)count) : new Mapped((ulong)count, services);
    }
}
