using System.Text.RegularExpressions;
using Iopf.SmmuLog;

namespace Iopf.Cli.Output;

/// <summary>Findings that are equal, or differ in nothing but the address, as one. Bounded: what finds no place is counted.</summary>
internal sealed partial class FindingGroups
{
    private const int GroupsMax = 2000;
    private const int TextsOfKindMax = 10;
    private const ulong StallTagMask = 0xffff;

    private readonly Dictionary<object, FindingGroup> _groups = [];
    private readonly Dictionary<object, int> _texts = [];
    private readonly List<FindingGroup> _order = [];

    /// <summary>The groups in the order of their first findings.</summary>
    public IReadOnlyList<FindingGroup> All => _order;

    /// <summary>Adds a record.</summary>
    /// <param name="record">The record.</param>
    /// <returns>Its group.</returns>
    public FindingGroup Add(SmmuRecord record)
    {
        EventFacts facts = record.Facts;
        object key = record.Words is { } words && record.Disagreements.Count == 0
            ? new WordsKey(record.Device, words.Word0, words.Word1 & ~StallTagMask, record.Printed is null)
            : new FactsKey(record.Device, facts with { InputAddress = null, Ipa = null, FetchAddress = null, StallTag = null }, string.Concat(record.Disagreements));
        FindingGroup group = Take(key, record.Place, record);
        group.Add(facts.InputAddress ?? facts.FetchAddress);
        return group;
    }

    /// <summary>Adds an incomplete record.</summary>
    /// <param name="incomplete">What is known of it.</param>
    /// <returns>Its group.</returns>
    public FindingGroup Add(IncompleteRecord incomplete) => Take(incomplete.Place, incomplete, "incomplete", incomplete.Device, $"{incomplete.Reason} {incomplete.Facts}");

    /// <summary>Adds an explained line.</summary>
    /// <param name="error">The line.</param>
    /// <returns>Its group.</returns>
    public FindingGroup Add(LogError error) => Take(error.Place, error, error.Kind, error.Device, error.Text);

    /// <summary>Adds a line of another IOMMU.</summary>
    /// <param name="foreign">The line.</param>
    /// <returns>Its group.</returns>
    public FindingGroup Add(ForeignLine foreign) => Take(foreign.Place, foreign, "foreign", foreign.Iommu, foreign.Text);

    // Texts that differ in numbers only show so many of them; further ones are counted together.
    private FindingGroup Take(LogPlace place, object finding, string kind, string? device, string text)
    {
        (string, string?, string) key = (kind, device, text);
        if (_groups.ContainsKey(key))
        {
            return Take(key, place, finding);
        }

        (string, string?, string) ofKind = (kind, device, Number().Replace(text, "#"));
        int texts = _texts.GetValueOrDefault(ofKind);
        if (texts == TextsOfKindMax)
        {
            FindingGroup rest = Take((ofKind, TextsOfKindMax), place, finding);
            rest.IsRest = true;
            return rest;
        }

        if (_texts.Count < GroupsMax)
        {
            _texts[ofKind] = texts + 1;
        }

        return Take(key, place, finding);
    }

    [GeneratedRegex("0x[0-9a-fA-F]+|[0-9]+")]
    private static partial Regex Number();

    private FindingGroup Take(object key, LogPlace place, object finding)
    {
        if (!_groups.TryGetValue(key, out FindingGroup? group))
        {
            bool isFull = _order.Count >= GroupsMax;
            key = isFull ? typeof(FindingGroups) : key;
            if (!isFull || !_groups.TryGetValue(key, out group))
            {
                group = new FindingGroup(finding, place) { IsRest = isFull };
                _groups.Add(key, group);
                _order.Add(group);
            }
        }

        group.Count++;
        group.Last = place;
        return group;
    }

    // Type, substream and stream are word 0, how the access was made is word 1; addresses follow.
    private sealed record WordsKey(string? Device, ulong Word0, ulong Word1, bool HasWordsOnly);

    private sealed record FactsKey(string? Device, EventFacts Facts, string Disagreements);
}
