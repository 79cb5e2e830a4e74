namespace Iopf.Workloads;

/// <summary>What the series' cover letter published: configurations, and the faults it counted.</summary>
internal static class CoverLetter
{
    /// <summary>The configuration with shared virtual addressing on the host, 1 MB messages.</summary>
    public const string Sva = "sva-1mb";

    /// <summary>The configuration in a guest, 1 MB messages, one page per fault.</summary>
    public const string Vfio1 = "vfio-1mb";

    /// <summary>The configuration in a guest, 10 MB messages, 512 pages per fault.</summary>
    public const string Vfio10 = "vfio-10mb";

    /// <summary>The configurations in the order of the cover letter.</summary>
    public static IReadOnlyList<string> Configurations { get; } = [Vfio1, Vfio10, Sva];

    /// <summary>The faults that were published.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="messages">How many messages were sent.</param>
    /// <returns>The count; 0 where nothing was published.</returns>
    public static long PublishedFaults(string configuration, int messages) => (configuration, messages) switch
    {
        (Vfio1, 1) => 518,
        (Vfio1, 100) => 1058,
        (Vfio1, 1000) => 1071,
        (Vfio1, 5000) => 1216,
        (Vfio10, 1) => 13,
        (Vfio10, 100 or 1000) => 26,
        (Sva, 1) => 512,
        (Sva, 100 or 1000 or 5000) => 1024,
        _ => 0,
    };

    /// <summary>The throughput that the second posting published, of which the third gives the quotient.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="messages">How many messages were sent.</param>
    /// <returns>KB/s with all memory pinned, and with IOPF; zeros where nothing was published.</returns>
    public static (double Pinned, double Iopf) PublishedSpeeds(string configuration, int messages) => (configuration, messages) switch
    {
        (Vfio1, 1) => (325596, 119152),
        (Vfio1, 100) => (7524985, 5804659),
        (Vfio1, 1000) => (8661817, 8440209),
        (Vfio1, 5000) => (8804512, 8724368),
        (Vfio10, 1) => (1012758, 682257),
        (Vfio10, 100) => (8680688, 8374154),
        (Vfio10, 1000) => (8860861, 8719918),
        (Sva, 1) => (951672, 163866),
        (Sva, 100) => (8691961, 4529971),
        (Sva, 1000) => (9158721, 8376346),
        (Sva, 5000) => (9184532, 9008739),
        _ => default,
    };

    /// <summary>The length of a message.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <returns>Bytes.</returns>
    public static int MessageBytes(string configuration) => configuration == Vfio10 ? 10 << 20 : 1 << 20;

    /// <summary>The pages one fault may map.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <returns>Pages; 1 where pre-mapping has no part in it.</returns>
    public static int PremapPages(string configuration) => configuration == Vfio10 ? 512 : 1;

    /// <summary>What is to be said about a row.</summary>
    /// <param name="published">The published count; 0 where nothing was published.</param>
    /// <param name="outcome">What the test came to.</param>
    /// <returns>A remark; empty if there is nothing to say.</returns>
    public static string Note(long published, SecTestOutcome outcome)
    {
        if (!outcome.IsFinished)
        {
            return "the device's DMA was aborted: with these patches the test cannot run here";
        }

        if (outcome.Faults == 0)
        {
            return "no faults: everything the device uses was pinned when it was mapped";
        }

        if (published == 0)
        {
            return "nothing was published for this number of messages";
        }

        long difference = outcome.Faults - published;
        return difference == 0 ? "" : $"{difference:+0;-0}: repeated faults of the measured run are not modelled";
    }
}
