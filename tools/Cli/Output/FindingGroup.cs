using System.Globalization;
using Iopf.SmmuLog;

namespace Iopf.Cli.Output;

/// <summary>Equal findings: the first of them, how many, and when.</summary>
/// <param name="first">The first finding.</param>
/// <param name="place">Where it stood.</param>
internal sealed class FindingGroup(object first, LogPlace place)
{
    private const int AddressesMax = 6;

    private readonly List<(ulong Address, long Count)> _addresses = [];
    private long _elsewhere;
    private ulong _lowest = ulong.MaxValue;
    private ulong _highest;

    /// <summary>The first finding.</summary>
    public object First { get; } = first;

    /// <summary>Where the first one stood.</summary>
    public LogPlace FirstPlace { get; } = place;

    /// <summary>Where the last one stood.</summary>
    public LogPlace Last { get; set; } = place;

    /// <summary>How many there are.</summary>
    public long Count { get; set; }

    /// <summary>How many of them were printed already.</summary>
    public long Told { get; set; }

    /// <summary>Whether it holds what found no place in groups of its own.</summary>
    public bool IsRest { get; set; }

    /// <summary>Counts an address.</summary>
    /// <param name="address">The address; null if the finding has none.</param>
    public void Add(ulong? address)
    {
        if (address is not ulong value)
        {
            return;
        }

        (_lowest, _highest) = (Math.Min(_lowest, value), Math.Max(_highest, value));
        for (int index = 0; index < _addresses.Count; index++)
        {
            if (_addresses[index].Address == value)
            {
                _addresses[index] = (value, _addresses[index].Count + 1);
                return;
            }
        }

        if (_addresses.Count < AddressesMax)
        {
            _addresses.Add((value, 1));
        }
        else
        {
            _elsewhere++;
        }
    }

    /// <summary>How often and when, if more than once; empty otherwise.</summary>
    public string Times
    {
        get
        {
            if (Count < 2)
            {
                return "";
            }

            string text = string.Create(CultureInfo.InvariantCulture, $"{Count}, to line {Last.Line}");
            text += Last.Time is null ? "" : $" [{Last.Time}]";
            return text + (Rate is double rate ? string.Create(CultureInfo.InvariantCulture, $", {rate:0.##} a second") : "");
        }
    }

    /// <summary>How many a second, where the times tell it.</summary>
    public double? Rate => Seconds(Last.Time) - Seconds(FirstPlace.Time) is double seconds and > 0 ? (Count - 1) / seconds : null;

    /// <summary>The addresses beside the first one.</summary>
    public string OtherAddresses
    {
        get
        {
            if (_addresses.Count < 2)
            {
                return "";
            }

            List<string> texts = [.. _addresses.Skip(1).Select(entry => DecodeWords.Hex(entry.Address) + (entry.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $" ({entry.Count})") : ""))];
            return string.Join(", ", texts)
                + (_elsewhere == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {_elsewhere} at further addresses between {DecodeWords.Hex(_lowest)} and {DecodeWords.Hex(_highest)}"));
        }
    }

    private static double? Seconds(string? time) =>
        double.TryParse(time, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) ? seconds
        : DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date) ? date.ToUnixTimeMilliseconds() / 1000.0
        : null;
}
