namespace Iopf.Kernel.Tests;

public sealed class ResultTests
{
    [Fact]
    public void A_value_is_read_as_a_success()
    {
        Result<int> result = 3;

        Assert.True(result.TryGet(out int value, out Errno error));
        Assert.Equal((3, Errno.None), (value, error));
    }

    [Fact]
    public void An_error_is_read_as_a_failure()
    {
        Result<int> result = Errno.ENOMEM;

        Assert.False(result.TryGet(out _, out Errno error));
        Assert.Equal(Errno.ENOMEM, error);
    }

    [Fact]
    public void The_value_of_a_failure_cannot_be_read()
    {
        Result<int> result = Errno.ENOMEM;

        Assert.Throws<InvariantViolationException>(() => result.Value);
    }

    [Fact]
    public void Success_is_not_an_error_to_wrap() =>
        Assert.Throws<InvariantViolationException>(() => (Result<int>)Errno.None);

    [Theory]
    [InlineData(Errno.None, "0")]
    [InlineData(Errno.EOPNOTSUPP, "EOPNOTSUPP")]
    public void An_errno_prints_as_its_C_name(Errno errno, string name) => Assert.Equal(name, errno.ToCName());
}
