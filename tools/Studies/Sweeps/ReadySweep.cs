using Iopf.Kernel;

namespace Iopf.Sweeps;

/// <summary>A sweep that needs no arguments.</summary>
/// <param name="Name">Its name.</param>
/// <param name="About">What it shows.</param>
/// <param name="Scenario">The scenario.</param>
/// <param name="Over">What varies, as a user would write it.</param>
/// <param name="X">What a picture of it has along the horizontal axis.</param>
/// <param name="Y">What a picture has along the vertical axis, the most telling first.</param>
public sealed record ReadySweep(string Name, string About, string Scenario, IReadOnlyList<string> Over, string X, IReadOnlyList<string> Y)
{
    /// <summary>All of them; those with published points run as posted, every erratum on, which is what was measured.</summary>
    public static IReadOnlyList<ReadySweep> All { get; } =
    [
        new(
            "premap-length",
            "faults and slowdown against the pre-map length, for messages of 1 and 10 MiB",
            "cover-letter",
            ["errata=all", "messages=1,100", "msg_len=1M,10M", "Premap:Length=1,2,4,...,4096"],
            "Premap:Length",
            ["faults", "slowdown"]),
        new(
            "message-length",
            "faults and slowdown against the length of a message, for four pre-map lengths",
            "cover-letter",
            ["errata=all", "Premap:Length=1,8,64,512", "msg_len=4K,8K,16K,...,8192K"],
            "msg_len",
            ["faults", "slowdown"]),
        new(
            "messages",
            "faults and slowdown against the number of messages, in a guest",
            "cover-letter",
            ["errata=all", "msg_len=1M,10M", "Premap:Length=1,512", "messages=1,2,5,10,20,50,100,200,500,1000,2000,5000"],
            "messages",
            ["faults", "slowdown"]),
        new(
            "messages-sva",
            "the same on the host, with shared virtual addressing",
            "cover-letter",
            ["errata=all", "platform=sva", "msg_len=1M,10M", "messages=1,2,5,10,20,50,100,200,500,1000,2000,5000"],
            "messages",
            ["faults", "slowdown"]),
        new(
            "devices",
            "lock waiting, time in queues and slowdown against the number of devices, as corrected and as posted",
            "cover-letter",
            ["errata=none,all", "spread=together,smmus,apart", "Premap:Length=1", "messages=10", "devices=1,2,4,8,16"],
            "devices",
            ["lock_waiting_ns", "queue_ns", "slowdown"]),
    ];

    /// <summary>Finds one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="place">Where it stands, for the complaint.</param>
    /// <returns>The sweep.</returns>
    /// <exception cref="InputException">There is none of that name.</exception>
    public static ReadySweep Find(string name, string place) =>
        All.FirstOrDefault(ready => ready.Name == name)
        ?? throw new InputException($"{place} {name}: there is no such sweep; expected one of {string.Join(", ", All.Select(static ready => ready.Name))}");
}
