using Iopf.Cli.Tests.Fakes;

namespace Iopf.Cli.Tests;

public sealed class ImportCommandTests : IDisposable
{
    private const string Trace = """
        12@1.5:vfio_listener_region_add_ram region_add [ram] 0x40000000 - 0x40003fff [0x7f0000000000]
        12@1.6:vfio_listener_region_add_skip SKIPPING region_add 0x8000000 - 0x800ffff
        """;

    private readonly CliHarness _cli = new();

    [Fact]
    public void Scenario_goes_to_standard_output_and_the_account_to_standard_error()
    {
        _cli.Write("vm.trace", Trace);

        CliOutcome outcome = _cli.Run("import", "vm.trace");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("\"op\": \"map_dma\"", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(["iopf: QEMU trace, 2 lines: 1 mappings, 0 unmappings, 0 faults; 1 ranges that are not mapped"], outcome.ErrorLines);
    }

    [Fact]
    public void Imported_file_runs()
    {
        _cli.Write("vm.trace", Trace);

        CliOutcome outcome = _cli.Run("import", "vm.trace", "--out", "vm.json");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Output));
        StringWriter output = new() { NewLine = "\n" };
        Terminal terminal = new(output, TextWriter.Null, _cli.Directory, ShowStackTraces: false);
        Assert.Equal(0, new IopfCommandLine(terminal, new ModelScenarioRunner(), _ => throw new NotSupportedException())
            .Run(["run", Path.Combine(_cli.Directory, "vm.json")]));
        Assert.Contains("4 mapped, 4 pinned", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_to_import_leaves_no_file()
    {
        _cli.Write("vm.trace", "hello\n\0\u00ff");

        CliOutcome outcome = _cli.Run("import", "vm.trace", "--out", "vm.json");

        Assert.Equal((ExitCode.BadInput, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith("iopf: vm.trace: nothing to import in 2 lines; expected a QEMU vfio trace", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_cli.Directory, "vm.json")));
    }

    [Theory]
    [InlineData("missing.trace", "missing.trace: cannot be read")]
    [InlineData(".", ".: expected a file, found a directory")]
    [InlineData("/dev/zero", "/dev/zero: expected a log of at most 32 MiB")]
    public void File_that_cannot_be_read_is_one_line(string file, string complaint)
    {
        CliOutcome outcome = _cli.Run("import", file);

        Assert.Equal(ExitCode.BadInput, outcome.ExitCode);
        Assert.Contains(complaint, Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
    }

    public void Dispose() => _cli.Dispose();
}
