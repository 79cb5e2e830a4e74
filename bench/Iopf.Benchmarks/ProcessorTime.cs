using System.Runtime.InteropServices;
using Perfolizer.Horology;

namespace Iopf.Benchmarks;

/// <summary>A clock that stands while this process does not run: what others do on the same computer is not measured.</summary>
/// <remarks>It counts all threads of the process. Caches and, between the threads of a core, arithmetic are still shared with others.</remarks>
internal sealed partial class ProcessorTime : IClock
{
    private const int OfProcess = 2;
    private const int OfWaitedFor = -1;

    public string Title => "processor time";

    public bool IsAvailable => OperatingSystem.IsLinux();

    public Frequency Frequency => Frequency.GHz;

    public long GetTimestamp()
    {
        Span<long> time = stackalloc long[2];
        if (GetTime(OfProcess, ref time[0]) != 0)
        {
            throw new InvalidOperationException("the clock of the process cannot be read");
        }

        return (time[0] * 1_000_000_000) + time[1];
    }

    /// <summary>The milliseconds that processes took which this one started and waited for.</summary>
    public static double OfChildren()
    {
        Span<long> usage = stackalloc long[18];
        if (GetUsage(OfWaitedFor, ref usage[0]) != 0)
        {
            throw new InvalidOperationException("the time of ended processes cannot be read");
        }

        return ((usage[0] + usage[2]) * 1e3) + ((usage[1] + usage[3]) / 1e3);
    }

    // RUSAGE_CHILDREN; a rusage begins with two timevals, user and system: seconds and microseconds.
    [LibraryImport("libc", EntryPoint = "getrusage")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetUsage(int who, ref long usage);

    // CLOCK_PROCESS_CPUTIME_ID; a timespec is two words: seconds and nanoseconds.
    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetTime(int clock, ref long time);
}
