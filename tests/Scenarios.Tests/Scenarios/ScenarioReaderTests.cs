using Iopf.Kernel;
using Iopf.Machine;
using Iopf.Scenarios.Format;

namespace Iopf.Scenarios.Tests.Scenarios;

public class ScenarioReaderTests
{
    private const string Machine =
        """{"devices":[{"name":"nic0","stream_id":"0x10","group":1},{"name":"nic1","stream_id":17,"group":2}]}""";

    [Fact]
    public void A_number_may_be_written_as_number_decimal_text_or_hexadecimal_text()
    {
        Scenario scenario = Read(
            """{"op":"dma","device":"nic0","iova":4096},{"op":"dma","device":"nic0","iova":"4096"},"""
            + """{"op":"dma","device":"nic0","iova":"0x1000"}""");

        Assert.All(scenario.Steps, step => Assert.Equal(4096UL, step.Number("iova")));
    }

    [Fact]
    public void Comments_and_trailing_commas_are_allowed()
    {
        Scenario scenario = ScenarioReader.Read("f", """{"name":"a","about":"", /* one */ "machine":{},"steps":[{"op":"wait"},], }""");

        Assert.Equal("wait", Assert.Single(scenario.Steps).Op);
    }

    [Fact]
    public void A_machine_without_lists_has_one_smmu_and_one_process()
    {
        MachineSpec machine = ScenarioReader.Read("f", """{"name":"a","about":"","machine":{},"steps":[{"op":"wait"}]}""").Machine;

        Assert.Equal("smmu0", Assert.Single(machine.Smmus).Name);
        Assert.Equal("vmm", Assert.Single(machine.Processes).Name);
    }

    [Fact]
    public void A_process_and_a_container_may_be_left_out_where_there_is_one()
    {
        Scenario scenario = Read("""{"op":"open_container","container":"c"},{"op":"enable_iopf"}""");

        Assert.Equal("enable_iopf process=vmm container=c", scenario.Steps[1].Text);
    }

    [Fact]
    public void Arguments_that_the_kernel_judges_reach_the_kernel()
    {
        Scenario scenario = Read("""{"op":"open_container"},{"op":"map_dma","iova":"0xffffffffffffffff","size":0,"vaddr":"0x1"}""");

        Assert.Equal(ulong.MaxValue, scenario.Steps[1].Number("iova"));
        Assert.Equal(0UL, scenario.Steps[1].Number("size"));
    }

    [Fact]
    public void An_expectation_is_a_result_or_a_result_with_details()
    {
        Scenario scenario = Read(
            """{"op":"wait","expect":"EINVAL"},{"op":"dma","device":"nic0","iova":0,"expect":{"result":"aborted","faults":1}}""");

        Assert.Equal("EINVAL", scenario.Steps[0].Expect!.Result);
        Assert.Equal("aborted faults=1", scenario.Steps[1].Expect!.ToString());
    }

    [Fact]
    public void A_block_that_opens_what_it_closes_can_be_repeated()
    {
        Scenario scenario = Read("""{"op":"repeat","n":3,"steps":[{"op":"open_container"},{"op":"close_container"}]}""");

        Assert.Equal(2, scenario.Steps[0].Steps.Count);
    }

    [Theory]
    [InlineData("""{"op":"map_dmaa"}""", """f: $.steps[0].op: unknown operation "map_dmaa"; expected one of: map_dma, """)]
    [InlineData("""{"iova":1}""", """f: $.steps[0]: the field "op" is missing""")]
    [InlineData("""{"op":"wait","nanosecond":1}""", "f: $.steps[0].nanosecond: unknown field; expected one of: nanoseconds, ")]
    [InlineData("""{"op":"wait","note":"a","note":"b"}""", "f: $.steps[0].note: the field is there twice")]
    [InlineData("""{"op":"mmap","addr":"abc","size":4096}""",
        """f: $.steps[0].addr: expected a page-aligned address below 2^48 such as "0x1000", found "abc" """)]
    [InlineData("""{"op":"mmap","addr":"0x1001","size":4096}""", "f: $.steps[0].addr: expected a page-aligned address")]
    [InlineData("""{"op":"mmap","addr":"0x1000000000000","size":4096}""", "f: $.steps[0].addr: expected a page-aligned address below 2^48")]
    [InlineData("""{"op":"mmap","addr":0,"size":100}""", "f: $.steps[0].size: expected a size that is a positive multiple of 0x1000")]
    [InlineData("""{"op":"mmap","addr":0}""", """f: $.steps[0]: the field "size" is missing (bytes)""")]
    [InlineData("""{"op":"mmap","addr":-1,"size":4096}""", "f: $.steps[0].addr: expected")]
    [InlineData("""{"op":"mmap","addr":0,"size":4096,"access":"x"}""",
        """f: $.steps[0].access: expected one of "r", "w", "rw", "none", found "x" """)]
    [InlineData("""{"op":"dma","device":"nic9","iova":0}""",
        """f: $.steps[0].device: the machine has no device "nic9"; it has: nic0, nic1""")]
    [InlineData("""{"op":"dma","iova":0}""",
        """f: $.steps[0]: the field "device" is missing (the device); it may be left out only where there is one""")]
    [InlineData("""{"op":"open_group","group":7}""", "f: $.steps[0].group: the machine has no group 7; it has: 1, 2")]
    [InlineData("""{"op":"enable_iopf","container":"c"}""",
        """f: $.steps[0].container: no earlier step opens a container "c"; open: none""")]
    [InlineData("""{"op":"open_container"},{"op":"open_container"}""", """f: $.steps[1]: the container "container" is open already""")]
    [InlineData("""{"op":"repeat","n":2,"steps":[{"op":"open_container"}]}""",
        """f: $.steps[0].steps[0]: the container "container" is open already""")]
    [InlineData("""{"op":"fork","child":"vmm"}""", """f: $.steps[0]: there is a process "vmm" already""")]
    [InlineData("""{"op":"wait","expect":{"faults":1}}""", "f: $.steps[0].expect.faults: unknown field; expected one of: result")]
    [InlineData("""{"op":"wait","expect":[]}""", "f: $.steps[0].expect: expected a word, a number, true or false, found a list")]
    [InlineData("""{"op":"cpu_write","addr":0,"data":"abc"}""",
        "f: $.steps[0].data: expected 1 to 65536 bytes as pairs of hexadecimal digits")]
    [InlineData("""{"op":"pin_pages","device":"nic0","iovas":[]}""",
        "f: $.steps[0].iovas: expected a list of 1 to 100000 numbers, found none")]
    [InlineData("""{"op":"repeat","n":0,"steps":[{"op":"wait"}]}""", "f: $.steps[0].n: expected a number from 1 to 100000, found 0")]
    [InlineData("""{"op":"repeat","n":100000,"steps":[{"op":"repeat","n":11,"steps":[{"op":"wait"}]}]}""",
        "f: $.steps[0].steps[0].steps[0]: the scenario has more than 1000000 steps, repeats counted")]
    [InlineData("7", """f: $.steps[0]: expected a step (an object with "op"), found 7""")]
    public void A_step_that_breaks_the_format_is_refused_with_its_place_and_the_expected_form(string step, string message) =>
        AssertRefused(() => Read(step), message);

    [Theory]
    [InlineData("""{"devices":[{"name":"a","stream_id":1,"group":1},{"name":"a","stream_id":2,"group":1}]}""",
        """f: $.machine.devices: device "a" is there twice""")]
    [InlineData("""{"devices":[{"name":"a","stream_id":1,"group":1},{"name":"b","stream_id":"0x1","group":1}]}""",
        "f: $.machine.devices: stream ID 0x1 at smmu0 is there twice")]
    [InlineData("""{"devices":[{"name":"a","stream_id":1,"group":1}],"mediated":[{"name":"m","group":1}]}""",
        "f: $.machine.mediated: group 1 is there twice")]
    [InlineData("""{"devices":[{"name":"a","group":1}]}""", """f: $.machine.devices[0]: the field "stream_id" is missing""")]
    [InlineData("""{"devices":[{"name":"a","smmu":"x","stream_id":1,"group":1}]}""",
        """f: $.machine.devices[0].smmu: the machine has no SMMU "x"; it has: smmu0""")]
    [InlineData("""{"smmus":[{"name":"s"},{"name":"t"}],"devices":[{"name":"a","stream_id":1,"group":1}]}""",
        """f: $.machine.devices[0]: the field "smmu" is missing""")]
    [InlineData("""{"smmus":[{"name":"s","stall_model":"never"}]}""", "f: $.machine.smmus[0].stall_model: expected one of")]
    [InlineData("""{"processes":[{"name":"p"},{"name":"p"}]}""", """f: $.machine.processes: process "p" is there twice""")]
    [InlineData("""{"processes":[{"name":"p q"}]}""", "f: $.machine.processes[0].name: expected a name of 1 to 64 letters")]
    public void A_machine_that_breaks_the_format_is_refused(string machine, string message) =>
        AssertRefused(
            () => ScenarioReader.Read("f", $$"""{"name":"a","about":"","machine":{{machine}},"steps":[{"op":"wait"}]}"""),
            message);

    [Theory]
    [InlineData("{", "f:1: expected a JSON document: ")]
    [InlineData("", "f:1: expected a JSON document: ")]
    [InlineData("[]", "f: $: expected a scenario (an object), found a list")]
    [InlineData("{}", """f: $: the field "machine" is missing""")]
    [InlineData("""{"steps":[],"name":"a","about":"","machine":{}}""", "f: $.steps: expected at least one step")]
    [InlineData("""{"set":{"Length":1},"name":"a","about":"","machine":{},"steps":[{"op":"wait"}]}""",
        "f: $.set.Length: expected an option name of the form")]
    [InlineData("""{"patch":9,"name":"a","about":"","machine":{},"steps":[{"op":"wait"}]}""",
        "f: $.patch: expected a patch number from 1 to 8, found 9")]
    [InlineData("""{"set":{"Premap:Length":0},"name":"a","about":"","machine":{},"steps":[{"op":"wait"}]}""", "f: $.set.Premap:Length")]
    [InlineData("""{"set":{"No:Such":0},"name":"a","about":"","machine":{},"steps":[{"op":"wait"}]}""",
        "f: $.set.No:Such: there is no option 'No:Such'")]
    [InlineData("""{"patches":"1-9","name":"a","about":"","machine":{},"steps":[{"op":"wait"}]}""", "f: $.patches: patch spec '1-9': ")]
    public void A_file_that_is_no_scenario_is_refused(string text, string message) =>
        AssertRefused(() => ScenarioReader.Read("f", text), message);

    [Fact]
    public void A_missing_file_is_refused_with_the_built_in_names() =>
        AssertRefused(
            () => ScenarioFile.Load("/no/such.json"),
            "/no/such.json: there is no such file and no built-in scenario of that name");

    private static Scenario Read(string steps) =>
        ScenarioReader.Read("f", $$"""{"name":"a","about":"","machine":{{Machine}},"steps":[{{steps}}]}""");

    private static void AssertRefused(Action read, string message)
    {
        InputException error = Assert.Throws<InputException>(read);
        Assert.StartsWith(message.TrimEnd(), error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
