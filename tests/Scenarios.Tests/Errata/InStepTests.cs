using System.Text.RegularExpressions;
using Iopf.Errata;
using Iopf.Kernel;
using Iopf.TestKit;

namespace Iopf.Scenarios.Tests.Errata;

/// <summary>The ids, the list, the code that asks for them and the reproducers say the same.</summary>
public sealed partial class InStepTests
{
    private static readonly Erratum[] Ids = Enum.GetValues<Erratum>();

    [Fact]
    public void List_has_every_id_once() => Assert.Equal(Ids, ErrataCatalog.All.Select(entry => entry.Id));

    [Fact]
    public void Every_id_has_a_reproducer() => Assert.Equal(Ids, Reproducers.All.Keys);

    [Fact]
    public void Reproducer_names_the_promise_and_says_what_is_seen() =>
        Assert.All(Reproducers.All.Values, reproducer => Assert.Matches("^[A-Z][0-9]$", reproducer.Invariant));

    [Fact]
    public void Code_asks_for_every_id_where_the_list_says_and_nowhere_else()
    {
        Dictionary<string, SortedSet<string>> used = [];
        foreach (string path in Repository.SourceFiles.Where(path => path.StartsWith("src/", StringComparison.Ordinal) && !path.StartsWith("src/Kernel/Errata/", StringComparison.Ordinal)))
        {
            foreach (Match use in Use().Matches(Repository.Read(path)))
            {
                used.TryAdd(use.Groups[1].Value, []);
                used[use.Groups[1].Value].Add(path);
            }
        }

        Assert.Equal(Ids.Select(id => id.ToString()), used.Keys.Order());
        Assert.All(ErrataCatalog.All, entry => Assert.Equal(used[entry.Id.ToString()], entry.Files));
    }

    [GeneratedRegex("Erratum\\.(E[0-9]{2})")]
    private static partial Regex Use();
}
