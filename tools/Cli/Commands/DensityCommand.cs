using System.CommandLine;
using System.Globalization;
using Iopf.Cli.Output;
using Iopf.Density;
using Iopf.Kernel;

namespace Iopf.Cli.Commands;

/// <summary><c>iopf density</c>: how many guests with assigned devices a host holds, and how they fare.</summary>
internal sealed class DensityCommand
{
    private const string DefaultGuests = "1,32,64,128,192,224,256,272,288,320,352";
    private const int MostGuests = 4096;

    private const string About =
        "Fill a host with guests that have assigned devices, under one policy after another: static pinning (type1 without the series), the series with each pre-map length, a virtual "
        + "IOMMU that maps each buffer, a cooperating one that unpins later, faults at the NIC. Prints guests that fit, throughput, message times, start-up time, faults. docs/study.md "
        + "tells what comes out and why.";

    private readonly Option<string> _guests = new("--guests") { Description = $"Numbers of guests, with commas between. The default is {DefaultGuests}.", HelpName = "N,N" };
    private readonly Option<string> _memory = new("--memory") { Description = "Memory of the host in GiB. The default is 256.", HelpName = "GiB" };
    private readonly Option<string> _guestMemory = new("--guest-memory") { Description = "Memory of a guest in GiB. The default is 4.", HelpName = "GiB" };

    private readonly Option<string> _workingSet = new("--working-set")
    {
        Description = "Working set of a guest in MiB, with the message buffers in it (Density:DmaMebibytes). The default is 1024.",
        HelpName = "MiB",
    };

    private readonly Option<string> _policies = new("--policies") { Description = $"Policies: {DensityPolicy.Form}. The default is {DensityPolicy.Default}.", HelpName = "NAMES" };
    private readonly Option<string> _seed = new("--seed") { Description = "The seed of what guests draw: an integer from 0. The default is 0.", HelpName = "N" };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Set an option of the sections Density and Cost, such as Density:RunPages=16; may be given several times. --json lists all of them with their origin.",
        HelpName = "Section:Name=value",
    };

    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<string> _html = new("--html") { Description = "Also write one page with the tables, all pictures and the origin of every number.", HelpName = "FILE" };
    private readonly Option<string> _plot = new("--plot") { Description = "Also write a picture, as SVG.", HelpName = "FILE.svg" };

    private readonly Option<string> _picture = new("--picture")
    {
        Description = $"Which picture --plot writes: one of {string.Join(", ", DensityCharts.Names)}. The default is {DensityCharts.Names[0]}.",
        HelpName = "NAME",
    };

    /// <summary>Makes the command.</summary>
    /// <param name="terminal">Where it prints.</param>
    /// <returns>The command.</returns>
    public static Command Create(Terminal terminal)
    {
        DensityCommand density = new();
        Command command = new("density", About);
        foreach (Option option in new Option[]
        {
            density._guests, density._memory, density._guestMemory, density._workingSet, density._policies, density._seed,
            density._set, density._json, density._html, density._plot, density._picture,
        })
        {
            command.Add(option);
        }

        command.SetAction(parsed => density.Run(parsed, terminal));
        return command;
    }

    private int Run(ParseResult parsed, Terminal terminal)
    {
        DensitySpec spec = SpecOf(parsed, terminal);
        IReadOnlyList<DensityPolicy> policies = DensityPolicy.Parse(parsed.GetValue(_policies) ?? DensityPolicy.Default, _policies.Name);
        IReadOnlyList<int> guests = GuestsOf(parsed.GetValue(_guests) ?? DefaultGuests);
        string picture = PictureOf(parsed);
        CheckFiles(parsed.GetValue(_plot), parsed.GetValue(_html), terminal);
        Lock telling = new();

        // Every host is a model of its own; which of them runs when changes nothing.
        DensityStudy study = DensityStudy.Of(spec, policies, guests, SideBySide.Do, (done, of) =>
        {
            lock (telling)
            {
                terminal.Progress(string.Create(CultureInfo.InvariantCulture, $"{done} of {of} hosts"));
            }
        });
        terminal.Progress("");
        if (parsed.GetValue(_plot) is string file)
        {
            AtomicFile.Write(Path.Combine(terminal.Directory, file), DensityCharts.Of(study, picture).Lines(), _plot.Name);
        }

        if (parsed.GetValue(_html) is string page)
        {
            AtomicFile.Write(Path.Combine(terminal.Directory, page), DensityPage.Lines(study), _html.Name);
        }

        if (parsed.GetValue(_json))
        {
            ResultText.PrintJson(terminal, document => DensityJson.Write(document, study));
        }
        else
        {
            ResultText.Print(terminal, DensityText.Lines(study));
        }

        return ExitCode.Done;
    }

    private void CheckFiles(string? plot, string? html, Terminal terminal)
    {
        AtomicFile.Check(terminal.Directory, (_plot.Name, plot), (_html.Name, html));
        if (plot?.EndsWith(".svg", StringComparison.OrdinalIgnoreCase) == false)
        {
            throw new InputException($"{_plot.Name} {plot}: expected a file that ends in .svg; rsvg-convert or a browser makes a .png of it");
        }
    }

    private DensitySpec SpecOf(ParseResult parsed, Terminal terminal)
    {
        Dictionary<string, string> settings = new(DensityParameters.Settable.ValuesIn(RunConfiguration.Load(terminal.Directory)), StringComparer.Ordinal);
        foreach (string assignment in parsed.GetValue(_set) ?? [])
        {
            KeyValuePair<string, string> setting = DensityParameters.Settable.Parse(assignment, _set.Name);
            settings[setting.Key] = DensityParameters.Has(setting.Key)
                ? setting.Value
                : throw new InputException($"{_set.Name}: {setting.Key} has no part in a density study; iopf density --json lists those that have");
        }

        return new DensitySpec
        {
            HostMebibytes = NumberOf(_memory, parsed, 256, 65_536, "GiB") * 1024,
            GuestMebibytes = NumberOf(_guestMemory, parsed, 4, 4_096, "GiB") * 1024,
            WorkingSetMebibytes = NumberOf(_workingSet, parsed, 1024, 4_194_304, "MiB"),
            Seed = CommonOptions.Seed(_seed.Name, parsed.GetValue(_seed)),
        }.With(settings);
    }

    private static int NumberOf(Option<string> option, ParseResult parsed, int otherwise, int most, string unit)
    {
        if (parsed.GetValue(option) is not string text)
        {
            return otherwise;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= most
            ? number
            : throw new InputException($"{option.Name}: '{text}' is not an amount of memory; expected an integer from 1 to {most} ({unit})");
    }

    private IReadOnlyList<int> GuestsOf(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries).Select(word =>
            int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= MostGuests
                ? number
                : throw new InputException($"{_guests.Name}: '{word}' is not a number of guests; expected integers from 1 to {MostGuests}, with commas between"))];

    private string PictureOf(ParseResult parsed)
    {
        string name = parsed.GetValue(_picture) ?? DensityCharts.Names[0];
        return DensityCharts.Names.Contains(name)
            ? name
            : throw new InputException($"{_picture.Name}: there is no picture '{name}'; expected one of {string.Join(", ", DensityCharts.Names)}");
    }
}
