using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>The packed state of one frame: references in bits 31:0, pins in 55:32, use in 59:56, dirty in 60, "has a struct page" in 63.</summary>
/// <remarks>Kernel: the parts of <c>struct page</c> that count. 0 is a frame without one: neither counted nor accounted.</remarks>
internal static class FrameState
{
    /// <summary>A counted frame that nobody uses.</summary>
    public const ulong Free = Counted;

    private const ulong Counted = 1UL << 63;
    private const ulong DirtyBit = 1UL << 60;
    private const int UseShift = 56;
    private const ulong OnePin = 1UL << 32;
    private const ulong PinMask = 0xFF_FFFF;

    /// <summary>A frame just allocated: one reference, clean.</summary>
    public static ulong Allocated(FrameUse use) => Counted | ((ulong)use << UseShift) | 1;

    /// <summary>A frame of RAM that is never counted (the zero page).</summary>
    public static ulong Reserved(FrameUse use) => (ulong)use << UseShift;

    public static bool IsCounted(ulong state) => (long)state < 0;

    public static bool IsDirty(ulong state) => (state & DirtyBit) != 0;

    public static FrameUse UseOf(ulong state) => (FrameUse)((state >> UseShift) & 0xF);

    public static int ReferencesOf(ulong state) => (int)(uint)state;

    public static int PinsOf(ulong state) => (int)((state >> 32) & PinMask);

    public static void AddReference(ref ulong state)
    {
        Invariant.Hold((uint)state != 0, "a reference is added only to a frame in use");
        state++;
    }

    /// <returns>Whether that was the last reference.</returns>
    public static bool DropReference(ref ulong state)
    {
        Invariant.Hold(ReferencesOf(state) > PinsOf(state), "a dropped reference is not one of the frame's pins");
        state--;
        return (uint)state == 0;
    }

    public static void AddPin(ref ulong state)
    {
        Invariant.Hold((uint)state != 0, "a pin is put only on a frame in use");
        Invariant.Hold(PinsOf(state) < (int)PinMask, "a frame carries fewer than 2^24 pins");
        state += OnePin + 1;
    }

    /// <returns>Whether that was the last reference.</returns>
    public static bool DropPin(ref ulong state)
    {
        Invariant.Hold(PinsOf(state) > 0, "a pin is dropped only from a pinned frame");
        state -= OnePin + 1;
        return (uint)state == 0;
    }

    public static void SetDirty(ref ulong state) => state |= DirtyBit;

    public static void SetClean(ref ulong state) => state &= ~DirtyBit;
}
