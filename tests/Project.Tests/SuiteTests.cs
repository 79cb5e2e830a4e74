using System.Text.RegularExpressions;
using Iopf.TestKit;

namespace Iopf.Project.Tests;

/// <summary>The plain test run and eng/test-slow together run every test.</summary>
public sealed partial class SuiteTests
{
    [Fact]
    public void A_trait_is_the_number_of_a_fact_or_the_mark_of_the_slow_suite()
    {
        string[] traits = [.. Repository.FilesBelow("tests").SelectMany(path => Trait().Matches(Repository.Read(path))).Select(trait => trait.Groups["arguments"].Value)];

        Assert.Contains("\"Suite\", \"Slow\"", traits);
        Assert.All(traits, arguments => Assert.Matches("^(\"Fact\", \"T[0-9]{3}\"|\"Suite\", \"Slow\")$", arguments));
    }

    [Fact]
    public void One_suite_leaves_out_what_the_other_runs_and_CI_runs_both()
    {
        Assert.Contains("<TestCaseFilter>Suite!=Slow</TestCaseFilter>", Repository.Read("eng/fast.runsettings"), StringComparison.Ordinal);
        Assert.Contains("eng/fast.runsettings</RunSettingsFilePath>", Repository.Read("Directory.Build.props"), StringComparison.Ordinal);
        Assert.Contains("dotnet test Iopf.sln -c Release --filter Suite=Slow ", Repository.Read("eng/test-slow"), StringComparison.Ordinal);
        Assert.Contains("\neng/test-slow ", Repository.Read(".ci/run"), StringComparison.Ordinal);
    }

    // An attribute, alone or among others; text in quotes that shows one has a backslash in it.
    [GeneratedRegex(@"[\[,]\s*Trait(Attribute)?\((?<arguments>[^)\\]*)\)")]
    private static partial Regex Trait();
}
