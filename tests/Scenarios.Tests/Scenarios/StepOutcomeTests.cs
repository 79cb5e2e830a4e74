using Iopf.Kernel;
using Iopf.Scenarios.Steps;

namespace Iopf.Scenarios.Tests.Scenarios;

public class StepOutcomeTests
{
    [Fact]
    public void An_error_is_its_name_and_success_is_zero()
    {
        Assert.Equal("EBUSY", ((StepOutcome)Errno.EBUSY).Result);
        Assert.Equal("0", ((StepOutcome)Errno.None).Result);
    }

    [Fact]
    public void A_count_is_the_result_unless_there_is_an_error()
    {
        Assert.Equal("2", ((StepOutcome)(Result<int>)2).Result);
        Assert.Equal("ENOMEM", ((StepOutcome)(Result<int>)Errno.ENOMEM).Result);
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("EINVAL", false)]
    public void A_result_is_compared(string expected, bool met) =>
        Assert.Equal(met, ((StepOutcome)Errno.None).Meets(new Expectation(expected, [])));

    [Theory]
    [InlineData("unmapped", "4096", true)]
    [InlineData("unmapped", "0x1000", true)]
    [InlineData("unmapped", "0x2000", false)]
    [InlineData("data", "00FF", true)]
    [InlineData("data", "00", false)]
    [InlineData("faults", "0", false)]
    public void Details_are_compared_by_value_and_a_missing_one_is_no_match(string name, string value, bool met)
    {
        StepOutcome outcome = ((StepOutcome)Errno.None).WithHex("unmapped", 4096).WithData("data", [0x00, 0xff]);

        Assert.Equal(met, outcome.Meets(new Expectation(null, [new(name, value)])));
    }

    [Fact]
    public void Only_the_first_64_bytes_of_data_are_shown() =>
        Assert.Equal(128, ((StepOutcome)Errno.None).WithData("data", new byte[4096]).Details[0].Value.Length);
}
