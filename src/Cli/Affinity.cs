using System.Runtime.InteropServices;

namespace Iopf.Cli;

/// <summary>Ties the running thread, and the threads that it starts, to one of the processors that the process may use.</summary>
internal static partial class Affinity
{
    // Room for 1024 processors, as cpu_set_t has.
    private const int Words = 16;
    private const int ThisThread = 0;

    /// <summary>Ties the running thread to a processor; without effect where that cannot be done.</summary>
    /// <param name="number">Which of those that the process may use, from 0.</param>
    public static void KeepToProcessor(int number)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        Span<ulong> allowed = stackalloc ulong[Words];
        if (Get(ThisThread, Words * sizeof(ulong), ref allowed[0]) < 0)
        {
            return;
        }

        Span<ulong> one = stackalloc ulong[Words];
        for (int processor = 0; processor < Words * 64; processor++)
        {
            ulong bit = 1UL << (processor & 63);
            if ((allowed[processor >> 6] & bit) != 0 && number-- == 0)
            {
                one[processor >> 6] = bit;
                _ = Set(ThisThread, Words * sizeof(ulong), ref one[0]);
                return;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Get(int thread, nint size, ref ulong mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Set(int thread, nint size, ref ulong mask);
}
