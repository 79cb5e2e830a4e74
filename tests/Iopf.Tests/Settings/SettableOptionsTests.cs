using Iopf.Kernel;
using Iopf.Patches;
using Iopf.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Iopf.Tests.Settings;

public sealed class SettableOptionsTests
{
    [Fact]
    public void Options_are_found_with_their_defaults_and_ranges()
    {
        SettableOption handler = SettableOptions.Model.OfSection("cost").Single(option => option.Name == nameof(CostOptions.HandlerNanoseconds));

        Assert.Equal(("1600", "0", "1000000000"), (handler.Default, handler.Minimum, handler.Maximum));
    }

    [Fact]
    public void An_assignment_is_given_its_canonical_key() =>
        Assert.Equal(new("Premap:Length", "64"), SettableOptions.Model.Parse(" premap:length = 064 ", "--set"));

    [Theory]
    [InlineData("Premap:Length")]
    [InlineData("Premap:Length=")]
    [InlineData("Premap:Length=0")]
    [InlineData("Premap:Length=1048577")]
    [InlineData("Premap:Length=99999999999999999999")]
    [InlineData("Premap:Length=1.5")]
    [InlineData("Cost:HandlerNanoseconds=9223372036854775807")]
    [InlineData("Premap:Len=5")]
    [InlineData("Nothing:Length=5")]
    [InlineData("=5")]
    [InlineData("")]
    public void A_bad_assignment_is_refused_with_the_expected_form(string assignment)
    {
        InputException refusal = Assert.Throws<InputException>(() => SettableOptions.Model.Parse(assignment, "--set"));

        Assert.StartsWith("--set: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("expected", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_option_is_answered_with_all_known_ones()
    {
        InputException refusal = Assert.Throws<InputException>(() => SettableOptions.Model.Parse("Cost:Nothing=1", "--set"));

        Assert.All(SettableOptions.Model.All, option => Assert.Contains(option.Key, refusal.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Options_without_configuration_mean_the_whole_series() =>
        Assert.Equal(PatchSet.All, OptionsOf<IopfOptions>([]).Value.Patches);

    [Fact]
    public void Configured_patches_and_costs_are_bound()
    {
        Dictionary<string, string?> configured = new() { ["IOPF:PATCHES"] = "1-3", ["Cost:HandlerNanoseconds"] = "5" };

        Assert.Equal(PatchSet.Of(1, 2, 3), OptionsOf<IopfOptions>(configured).Value.Patches);
        Assert.Equal(5, OptionsOf<CostOptions>(configured).Value.HandlerNanoseconds);
    }

    [Fact]
    public void Configured_patches_that_do_not_exist_are_a_validation_error()
    {
        OptionsValidationException refusal =
            Assert.Throws<OptionsValidationException>(() => OptionsOf<IopfOptions>(new() { ["Iopf:Patches"] = "1-9" }).Value);

        Assert.Equal(
            $"Iopf:Patches: patch spec '1-9': '1-9' is not a patch number or range; expected {PatchSpec.Form}",
            Assert.Single(refusal.Failures));
    }

    [Fact]
    public void A_configured_value_out_of_range_is_a_validation_error() =>
        Assert.Throws<OptionsValidationException>(() => OptionsOf<CostOptions>(new() { ["Cost:HandlerNanoseconds"] = "-1" }).Value);

    [Fact]
    public void Silence_about_patches_leaves_the_choice_to_the_scenario() =>
        Assert.Equal((null, null), IopfSettings.In(new ConfigurationBuilder().Build()));

    [Fact]
    public void A_misspelled_name_in_a_known_section_is_refused() =>
        Assert.Throws<InputException>(() => SettableOptions.Model.ValuesIn(ConfigurationOf(new() { ["Premap:Lenght"] = "5" })));

    [Fact]
    public void Only_options_that_are_set_have_values() =>
        Assert.Equal(
            [new("Premap:Length", "5")],
            SettableOptions.Model.ValuesIn(ConfigurationOf(new() { ["Premap:Length"] = "5", ["Logging:Level"] = "x" })));

    private static IOptions<T> OptionsOf<T>(Dictionary<string, string?> configured)
        where T : class =>
        new ServiceCollection().AddIopfModel(ConfigurationOf(configured)).BuildServiceProvider().GetRequiredService<IOptions<T>>();

    private static IConfiguration ConfigurationOf(Dictionary<string, string?> configured) =>
        new ConfigurationBuilder().AddInMemoryCollection(configured).Build();
}
