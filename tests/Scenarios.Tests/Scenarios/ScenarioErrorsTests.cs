using Iopf.Kernel;
using Iopf.Scenarios.Format;

namespace Iopf.Scenarios.Tests.Scenarios;

/// <summary>A file that cannot be used is refused in one line that names the place, what was found, and what was expected.</summary>
public sealed class ScenarioErrorsTests
{
    private const string Rest = "\"name\":\"a\",\"about\":\"\",\"machine\":{},\"steps\":[{\"op\":\"wait\"}]";

    [Theory]
    [InlineData("""{"Premap:Length":true}""", "f: $.set.Premap:Length: 'true' is not a value of Premap:Length; expected an integer from 1 to")]
    [InlineData("""{"Premap:Length":[1]}""", "f: $.set.Premap:Length: expected a text, a number, true or false, found a list")]
    [InlineData("""{"Premap:Length":null}""", "f: $.set.Premap:Length: expected a text, a number, true or false, found null")]
    [InlineData("""{"Premap:Length":{}}""", "f: $.set.Premap:Length: expected a text, a number, true or false, found an object")]
    [InlineData("""{":Length":1}""", "f: $.set.:Length: expected an option name of the form")]
    [InlineData("""{"Premap:Length":false}""", "f: $.set.Premap:Length: 'false' is not a value of Premap:Length")]
    [InlineData("7", "f: $.set: expected options (an object)")]
    public void A_setting_that_cannot_be_used_is_refused(string set, string message) =>
        AssertRefused($$"""{"set":{{set}},{{Rest}}}""", message);

    [Theory]
    [InlineData("""{"Premap:Length":"0064"}""", "64")]
    [InlineData("""{"premap:length":64}""", "64")]
    public void A_setting_is_a_text_or_a_number_in_any_spelling(string set, string expected) =>
        Assert.Equal(expected, ScenarioReader.Read("f", $$"""{"set":{{set}},{{Rest}}}""").Settings["Premap:Length"]);

    [Theory]
    [InlineData("""{"op":"open_container","container":""}""", "f: $.steps[0].container: expected a container name of 1 to 64 letters")]
    [InlineData("""{"op":"map_dma","iova":0,"size":0,"vaddr":0}""", """f: $.steps[0]: the field "container" is missing""")]
    [InlineData("""{"op":"map_dma","container":"c","iova":0,"size":0,"vaddr":0}""",
        """f: $.steps[0].container: no earlier step opens a container "c"; open: none""")]
    [InlineData("""{"op":"cpu_read","addr":"0x1000000000000"}""", "f: $.steps[0].addr: expected a process address below 2^48")]
    [InlineData("""{"op":"mmap","addr":"0x1800","size":4096}""", "f: $.steps[0].addr: expected a page-aligned address below 2^48")]
    [InlineData("""{"op":"parallel","threads":{}}""", "f: $.steps[0].threads: expected at least one thread")]
    [InlineData("""{"op":"parallel","threads":{"a b":[{"op":"wait"}]}}""", "f: $.steps[0].threads.a b: \"a b\" is not the name of a thread")]
    [InlineData("""{"op":"parallel","threads":{"a":[{"op":"parallel","threads":{"b":[{"op":"wait"}]}}]}}""",
        "f: $.steps[0].threads.a[0]: \"parallel\" cannot stand in a thread")]
    [InlineData("""{"op":"parallel","threads":{"a":[{"op":"random","n":1}]}}""", "f: $.steps[0].threads.a[0]: \"random\" cannot stand in a thread")]
    [InlineData("""{"op":"parallel","threads":{"a":[{"op":"wait"}]},"schedule":["a@"]}""", "f: $.steps[0].schedule[0]: expected THREAD, THREAD@POINT or THREAD@POINT#N")]
    [InlineData("""{"op":"parallel","threads":{"a":[{"op":"wait"}]},"schedule":["a","@x"]}""", "f: $.steps[0].schedule[1]: expected THREAD")]
    [InlineData("""{"op":"parallel","threads":{"a":[{"op":"wait"}]},"schedule":["a@x#0"]}""", "f: $.steps[0].schedule[0]: expected THREAD")]
    [InlineData("""{"op":"mmap","addr":"0x1000","size":0}""", "f: $.steps[0].size: expected a size that is a positive multiple of 0x1000")]
    [InlineData("""{"op":"mmap","addr":"0x1000","size":6000}""", "f: $.steps[0].size: expected a size that is a positive multiple of 0x1000")]
    [InlineData("""{"op":"mmap","addr":"0x1000","size":"0xffffffffffff000"}""", "f: $.steps[0].size: expected a size that is a positive multiple of")]
    [InlineData("""{"op":"workload","configs":[]}""", "f: $.steps[0].configs: expected a list of at least one word")]
    [InlineData("""{"op":"workload","configs":"sva-1mb"}""", "f: $.steps[0].configs: expected a list of words")]
    [InlineData("""{"op":"workload","configs":["no"]}""", "f: $.steps[0].configs[0]: expected one of ")]
    [InlineData("""{"op":"open_group","group":7}""", "f: $.steps[0].group: the machine has no group 7; it has: 1, 2")]
    [InlineData("""{"op":"open_group","group":4294967297}""", "f: $.steps[0].group: the machine has no group 4294967297")]
    [InlineData("""{"op":"dma","device":"nic0","iova":-1}""", "f: $.steps[0].iova: expected a 64-bit number such as \"0x1000\", found -1")]
    [InlineData("""{"op":"dma","device":"nic0","iova":"0xg"}""", "f: $.steps[0].iova: expected a 64-bit number such as")]
    [InlineData("""{"op":"dma","device":"nic0","iova":0,"privileged":1}""", "f: $.steps[0].privileged: expected true or false, found 1")]
    [InlineData("""{"op":"dma","device":"nic0","iova":0,"data":"abc"}""", "f: $.steps[0].data: expected 1 to 65536 bytes")]
    [InlineData("""{"op":"dma","device":"nic0","iova":0,"data":"xy"}""", "f: $.steps[0].data: expected 1 to 65536 bytes")]
    [InlineData("""{"op":"wait","expect":[]}""", "f: $.steps[0].expect: expected a word, a number, true or false, found a list")]
    [InlineData("""{"op":"wait","expect":{"result":{}}}""", "f: $.steps[0].expect.result: expected a word, a number, true or false, found an object")]
    [InlineData("""{"op":"wait","note":7}""", "f: $.steps[0].note: expected a remark, found 7")]
    [InlineData("""{"nop":"wait"}""", """f: $.steps[0]: the field "op" is missing""")]
    [InlineData("""{"op":"repeat","n":2,"steps":[]}""", "f: $.steps[0].steps: expected at least one step")]
    [InlineData("""{"op":"repeat","n":2,"steps":7}""", "f: $.steps[0].steps: expected a list of steps, found 7")]
    [InlineData("""{"op":"fork","child":"vmm"}""", """f: $.steps[0]: there is a process "vmm" already""")]
    public void A_step_that_cannot_be_used_is_refused(string step, string message) =>
        AssertRefused(
            $$"""
            {"name":"a","about":"","machine":{"devices":[{"name":"nic0","stream_id":1,"group":1},{"name":"nic1","stream_id":2,"group":2}]},"steps":[{{step}}]}
            """,
            message);

    [Fact]
    public void Blocks_may_be_nested_four_deep_and_no_deeper()
    {
        string block = """{"op":"wait"}""";
        for (int depth = 0; depth < 4; depth++)
        {
            block = $$"""{"op":"repeat","n":1,"steps":[{{block}}]}""";
        }

        Assert.Equal("repeat", Assert.Single(ScenarioReader.Read("f", Steps(block)).Steps).Op);
        AssertRefused(
            Steps($$"""{"op":"repeat","n":1,"steps":[{{block}}]}"""),
            "f: $.steps[0].steps[0].steps[0].steps[0].steps[0].steps: repeat blocks are nested more than 4 deep");
    }

    [Fact]
    public void A_word_that_is_much_too_long_is_cut_short_in_the_complaint()
    {
        string message = Assert.Throws<InputException>(
            () => ScenarioReader.Read("f", Steps($$"""{"op":"{{new string('x', 500)}}"}"""))).Message;

        Assert.StartsWith($"f: $.steps[0].op: unknown operation \"{new string('x', 40)}\"; expected one of", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_control_character_that_was_found_does_not_reach_the_terminal()
    {
        string message = Assert.Throws<InputException>(
            () => ScenarioReader.Read("f", Steps("""{"op":"wait","expect":"0"}""").Replace("\"a\"", "\"\u007f\u009b1m\"", StringComparison.Ordinal))).Message;

        Assert.DoesNotContain(message, char.IsControl);
        Assert.Contains("expected a name of 1 to 64 letters", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"op":"wait","note":"\ud800"}""")]
    [InlineData("""{"op":"wait","\udc00":1}""")]
    public void Half_of_a_surrogate_pair_is_no_text(string step) =>
        AssertRefused(Steps(step), "f:1: expected a JSON document: a text has an escaped half of a surrogate pair");

    [Fact]
    public void A_whole_surrogate_pair_is_text() =>
        Assert.Single(ScenarioReader.Read("f", Steps("""{"op":"wait","note":"\ud83d\ude00"}""")).Steps);

    [Fact]
    public void A_value_that_is_much_too_long_is_cut_short_in_the_complaint()
    {
        string message = Assert.Throws<InputException>(
            () => ScenarioReader.Read("f", Steps($$"""{"op":"wait","note":{{new string('1', 400)}}}"""))).Message;

        Assert.EndsWith("...", message, StringComparison.Ordinal);
        Assert.True(message.Length < 200);
    }

    [Theory]
    [InlineData("steps")]
    [InlineData("name")]
    [InlineData("about")]
    [InlineData("machine")]
    public void A_scenario_without_one_of_its_fields_is_refused(string field)
    {
        string text = $$"""{{{string.Join(',', Rest.Replace(",\"", "|\"", StringComparison.Ordinal).Split('|').Where(part => !part.StartsWith($"\"{field}\"", StringComparison.Ordinal)))}}}""";

        AssertRefused(text, $"f: $: the field \"{field}\" is missing");
    }

    [Fact]
    public void A_device_without_an_end_is_refused() =>
        Assert.StartsWith("/dev/zero: expected a scenario of at most ", Assert.Throws<InputException>(() => ScenarioFile.Load("/dev/zero")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_scenario_of_more_than_the_largest_size_is_refused()
    {
        string path = Path.GetTempFileName();
        try
        {
            using (FileStream file = File.OpenWrite(path))
            {
                file.SetLength(1L << 30);
            }

            string message = Assert.Throws<InputException>(() => ScenarioFile.Load(path)).Message;
            Assert.StartsWith($"{path}: expected a scenario of at most ", message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string Steps(string steps) => $$"""{"name":"a","about":"","machine":{},"steps":[{{steps}}]}""";

    private static void AssertRefused(string text, string message)
    {
        InputException refusal = Assert.Throws<InputException>(() => ScenarioReader.Read("f", text));
        Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }
}
