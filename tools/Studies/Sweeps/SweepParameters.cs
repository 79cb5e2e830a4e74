using System.Globalization;
using Iopf.Kernel;
using Iopf.Patches;
using Iopf.Settings;
using Iopf.Workloads;

namespace Iopf.Sweeps;

/// <summary>Everything a sweep can vary: the one place that lists it.</summary>
internal static class SweepParameters
{
    /// <summary>The parameter that says how many devices there are.</summary>
    public const string Devices = "devices";

    /// <summary>The parameter that says where the workload runs.</summary>
    public const string Platform = "platform";

    private const decimal Kibi = 1024;

    /// <summary>All parameters, options last.</summary>
    public static IReadOnlyList<SweepParameter> All { get; } =
    [
        new(
            "patches",
            "patch specs with + for the comma, such as none,1-5,1-4+6,all",
            static (text, place) => PatchSpec.TryParse(text.Replace('+', ','), out PatchSet patches, out string? complaint)
                ? patches.ToString().Replace(',', '+')
                : throw new InputException($"{place}: {complaint}"),
            static (setup, text) => setup with { Request = setup.Request with { Patches = PatchSpec.Parse(text.Replace('+', ',')) } }),
        new(
            "errata",
            "errata specs with + for the comma, such as none,E01,E20+E22,all",
            static (text, place) => ErrataSpec.TryParse(text.Replace('+', ','), out _, out string? complaint)
                ? text
                : throw new InputException($"{place}: {complaint}"),
            static (setup, text) => setup with { Request = setup.Request with { Errata = ErrataSpec.Parse(text.Replace('+', ',')) } }),
        SweepParameter.Integer(
            "seed", "an integer", 0, ulong.MaxValue, Plain, static (setup, value) => setup with { Request = setup.Request with { Seed = (ulong)value } }),
        SweepParameter.Integer(Devices, "a number of devices", 1, DeviceCopies.Most, Plain, static (setup, value) => setup with { Devices = (int)value }),
        SweepParameter.Word("spread", PointSetup.Spreads, static (setup, text) => setup with { Spread = text }),
        SweepParameter.Word(
            Platform,
            [SecTestSetting.Vfio, SecTestSetting.Sva],
            static (setup, text) => setup with { Workload = setup.Workload! with { Platform = text } }),
        Workload("msg_len", "a length in bytes, or in K or M,", 16, SecTestSetting.LongestMessage, Bytes, static (test, value) => test with { MessageBytes = value }),
        Workload("messages", "a number of messages", 1, 100_000, Plain, static (test, value) => test with { Messages = value }),
        Workload("buffers", "a number of buffer sets", 1, 64, Plain, static (test, value) => test with { BufferSets = value }),
        .. SettableOptions.Model.All.Select(OptionOf),
    ];

    /// <summary>Finds a parameter.</summary>
    /// <param name="name">Its name; of an option in any letter case.</param>
    /// <param name="place">Where it stands, for the complaint.</param>
    /// <returns>The parameter.</returns>
    /// <exception cref="InputException">There is none of that name.</exception>
    public static SweepParameter Find(string name, string place) =>
        All.FirstOrDefault(parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new InputException($"{place}: there is no parameter '{name}'; expected one of {NearestNames.List(All.Select(known => known.Name), name)}");

    private static SweepParameter Workload(
        string name, string what, decimal least, decimal most, Func<string, decimal?> number, Func<SecTestSetting, int, SecTestSetting> change) =>
        SweepParameter.Integer(name, what, least, most, number, (setup, value) => setup with { Workload = change(setup.Workload!, (int)value) })
            with
        { IsOfWorkload = true };

    private static SweepParameter OptionOf(SettableOption option) => new(
        option.Key,
        option.Form,
        option.Check,
        (setup, text) => setup with
        {
            Request = setup.Request with { Settings = new Dictionary<string, string>(setup.Request.Settings) { [option.Key] = text } },
        })
    {
        Number = option.Names.Count > 0 || option.Default is "true" or "false" ? null : Plain,
    };

    // No parameter takes larger numbers, and decimals hold what is reckoned with these.
    private static decimal? Plain(string text) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) && Math.Abs(number) <= ulong.MaxValue
            ? number
            : null;

    private static decimal? Bytes(string text) => text switch
    {
        [.. string digits, 'K'] => Plain(digits) * Kibi,
        [.. string digits, 'M'] => Plain(digits) * Kibi * Kibi,
        _ => Plain(text),
    };
}
