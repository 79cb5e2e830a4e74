namespace Iopf.Density;

/// <summary>What a guest's CPU does to its memory. Answers are in nanoseconds of the guest's time: faults on what is not there.</summary>
internal static class GuestCpu
{
    /// <summary>Draws a piece of the working set. The lower it lies, the more often it is used: some of a working set is always less warm than the rest.</summary>
    /// <param name="guest">The guest, which draws.</param>
    /// <param name="pieces">How many there are; at least 1.</param>
    /// <returns>From 0 to one below the number of pieces.</returns>
    public static int DrawPiece(DensityGuest guest, int pieces) => guest.Draw(guest.Draw(pieces) + 1);

    /// <summary>Computes between two messages: touches pieces of the working set.</summary>
    /// <param name="guest">The guest.</param>
    /// <param name="layout">Where things lie in its memory.</param>
    /// <param name="options">How much it touches, and what a fault costs.</param>
    /// <param name="now">When, in nanoseconds.</param>
    /// <returns>Nanoseconds.</returns>
    public static long Compute(DensityGuest guest, GuestLayout layout, DensityOptions options, long now)
    {
        long time = 0;
        int pieces = layout.WorkingPages / Chunk.Pages;
        for (int touch = 0; touch < options.CpuTouches && pieces > 0; touch++)
        {
            time += guest.Memory.Use(layout.BootPages + (DrawPiece(guest, pieces) * Chunk.Pages), now + time, options.CpuFaultNanoseconds);
        }

        return time;
    }

    /// <summary>Looks at a message's buffers before they are sent: their first pages, or all of them.</summary>
    /// <param name="guest">The guest.</param>
    /// <param name="options">How much it looks at, and what a fault costs.</param>
    /// <param name="now">When, in nanoseconds.</param>
    /// <returns>Nanoseconds.</returns>
    public static long TouchBuffers(DensityGuest guest, DensityOptions options, long now)
    {
        long time = TouchBuffer(guest, guest.Source, options, now);
        return time + TouchBuffer(guest, guest.Destination, options, now + time);
    }

    private static long TouchBuffer(DensityGuest guest, MessageBuffer buffer, DensityOptions options, long now)
    {
        if (!options.CpuTouchesPayload)
        {
            return guest.Memory.Use(buffer.Runs[0].First, now, options.CpuFaultNanoseconds);
        }

        long time = 0;
        foreach (PageRun run in buffer.Runs)
        {
            for (int page = run.First; page < run.First + run.Count; page += Chunk.Pages)
            {
                time += guest.Memory.Use(page, now + time, options.CpuFaultNanoseconds);
            }
        }

        return time;
    }
}
