using Iopf.ArmSmmuV3.Driver;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Tests.Driver;

public class IdentifierPoolTests
{
    [Fact]
    public void Lowest_free_number_is_taken_first()
    {
        IdentifierPool pool = new(first: 1);
        pool.Take(9);
        pool.Take(9);
        pool.Take(9);

        pool.Return(2);

        Assert.Equal(2u, pool.Take(9).Value);
        Assert.Equal(4u, pool.Take(9).Value);
    }

    [Fact]
    public void Pool_without_a_number_the_caller_can_use_fails_with_ENOSPC()
    {
        IdentifierPool pool = new(first: 1);
        pool.Take(1);

        Assert.Equal(Errno.ENOSPC, pool.Take(1).Error);
        Assert.Equal(2u, pool.Take(2).Value);
    }

    [Fact]
    public void Number_given_back_twice_breaks_a_promise()
    {
        IdentifierPool pool = new(first: 1);
        pool.Take(9);
        pool.Return(1);

        Assert.Throws<InvariantViolationException>(() => pool.Return(1));
    }
}
