namespace Iopf.Workloads;

/// <summary>How the cover letter's test is run.</summary>
/// <param name="Platform"><see cref="Vfio"/> in a guest with the device assigned, or <see cref="Sva"/> on the host with the page table shared.</param>
/// <param name="MessageBytes">The length of a message, 16 to <see cref="LongestMessage"/> bytes.</param>
/// <param name="Messages">How many are sent, 1 to 100,000.</param>
/// <param name="BufferSets">Pairs of buffers in rotation, 1 to 64.</param>
public sealed record SecTestSetting(string Platform, int MessageBytes, int Messages, int BufferSets)
{
    /// <summary>In a guest, the device assigned by VFIO.</summary>
    public const string Vfio = "vfio";

    /// <summary>On the host, the device sharing the process's page table.</summary>
    public const string Sva = "sva";

    /// <summary>The longest message the accelerator takes, in bytes.</summary>
    public const int LongestMessage = 0xFF_FE00;

    /// <summary>One message of the cover letter's first row: 1 MiB in a guest, two sets of buffers.</summary>
    public static SecTestSetting Usual { get; } = new(Vfio, 1 << 20, Messages: 1, BufferSets: 2);
}
