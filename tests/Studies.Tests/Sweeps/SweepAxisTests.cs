using Iopf.Kernel;
using Iopf.Sweeps;

namespace Iopf.Studies.Tests.Sweeps;

public sealed class SweepAxisTests
{
    [Theory]
    [InlineData("seed=7", "7")]
    [InlineData("seed=1,2,4", "1 2 4")]
    [InlineData("seed=1..4", "1 2 3 4")]
    [InlineData("seed=0..2,10,20..21", "0 1 2 10 20 21")]
    [InlineData("seed=1,2,4,...,32", "1 2 4 8 16 32")]
    [InlineData("seed=10,20,30,...,60,100", "10 20 30 40 50 60 100")]
    [InlineData("seed=5,8,...,14", "5 8 11 14")]
    [InlineData("seed=4,2,...,1", "4 2 1")]
    [InlineData("seed=9,27,81,...,243", "9 27 81 243")]
    [InlineData("seed=64,32,16,...,1", "64 32 16 8 4 2 1")]
    [InlineData("seed=1000000000000001,1000000000000002,...,1000000000000004", "1000000000000001 1000000000000002 1000000000000003 1000000000000004")]
    [InlineData("seed=2000000000000000,6000000000000000,18000000000000000,...,54000000000000000", "2000000000000000 6000000000000000 18000000000000000 54000000000000000")]
    [InlineData("seed= 1 , 2 ", "1 2")]
    [InlineData("msg_len=4K,1M,17", "4096 1048576 17")]
    [InlineData("msg_len=4K,8K,16K,...,64K", "4096 8192 16384 32768 65536")]
    [InlineData("premap:length=1,2,4,...,4096", "1 2 4 8 16 32 64 128 256 512 1024 2048 4096")]
    [InlineData("Premap:Populate=any,Resident", "Any Resident")]
    [InlineData("patches=none,1-4+6,2+1+3,all", "none 1-4+6 1-3 all")]
    [InlineData("errata=none,E01+E23,all", "none E01+E23 all")]
    [InlineData("platform=sva,vfio", "sva vfio")]
    public void A_list_is_written_out(string text, string values) =>
        Assert.Equal(values.Split(' '), SweepAxis.Parse(text, "--over").Values);

    [Fact]
    public void Two_numbers_that_can_go_on_in_two_ways_are_refused()
    {
        InputException refused = Assert.Throws<InputException>(() => SweepAxis.Parse("seed=3,6,...,24", "--over"));

        Assert.Equal("--over seed: '3,6,...,24': the first two numbers can mean plus 3 or times 2; give three of them", refused.Message);
    }

    [Theory]
    [InlineData("seed", "--over: 'seed' has no values; expected NAME=VALUES, such as Premap:Length=1,2,4,...,4096")]
    [InlineData("sed=1", "--over: there is no parameter 'sed'; expected one of seed, ")]
    [InlineData("seed=", "--over seed: '' lacks a value; expected values such as 1,2,4 or 1..100 or 1,2,4,...,4096")]
    [InlineData("seed=1,,2", "--over seed: '1,,2' lacks a value")]
    [InlineData("seed=...,4", "--over seed: '...,4': '...' needs two numbers or more before it and one after it")]
    [InlineData("seed=1,...,4", "--over seed: '1,...,4': '...' needs two numbers or more before it and one after it")]
    [InlineData("seed=1,2,3,...", "--over seed: '1,2,3,...': '...' needs two numbers or more before it and one after it")]
    [InlineData("seed=1,2,5,...,9", "--over seed: '1,2,5,...,9': adding or multiplying as the first numbers do does not lead to 9")]
    [InlineData("seed=1,2,4,...,30", "--over seed: '1,2,4,...,30': adding or multiplying as the first numbers do does not lead to 30")]
    [InlineData("seed=4,4,...,4", "--over seed: '4,4,...,4': adding or multiplying as the first numbers do does not lead to 4")]
    [InlineData("seed=1,2,3,...,90000000", "--over seed: '1,2,3,...,90000000': adding or multiplying as the first numbers do does not lead to 90000000")]
    [InlineData("seed=4..1", "--over seed: '4..1' has no values; expected a range of 1 to 1000000 of them")]
    [InlineData("seed=1..1000000000000", "--over seed: '1..1000000000000' has too many values")]
    [InlineData("seed=a..b", "--over seed: 'a..b' is not a range of integers; expected one such as 1..100")]
    [InlineData("seed=1,1000000000000000,...,18446744073709551615", "--over seed: '1,1000000000000000,...,18446744073709551615': adding or multiplying as the first numbers do does not lead to 18446744073709551615")]
    [InlineData("seed=0.0000000000000000000000000001,18446744073709551615,...,3", "--over seed: '0.0000000000000000000000000001,18446744073709551615,...,3': adding or multiplying as the first numbers do does not lead to 3")]
    [InlineData("seed=-70000000000000000000000000000..70000000000000000000000000000", "--over seed: '-70000000000000000000000000000..70000000000000000000000000000' is not a range of integers")]
    [InlineData("msg_len=70000000000000000000000000000K", "--over msg_len: '70000000000000000000000000000K' is not a value of msg_len; expected a length in bytes, or in K or M, from 16 to 16776704")]
    [InlineData("msg_len=1..70000000000000000000000000000M", "--over msg_len: '1..70000000000000000000000000000M' is not a range of integers")]
    [InlineData("seed=1.5", "--over seed: '1.5' is not a value of seed; expected an integer from 0 to 18446744073709551615")]
    [InlineData("seed=-1", "--over seed: '-1' is not a value of seed")]
    [InlineData("seed=1,2,1", "--over seed: the value 1 is there twice")]
    [InlineData("msg_len=17M", "--over msg_len: '17M' is not a value of msg_len; expected a length in bytes, or in K or M, from 16 to 16776704")]
    [InlineData("Premap:Length=0,1", "--over Premap:Length: '0' is not a value of Premap:Length; expected an integer from 1 to 1048576")]
    [InlineData("Premap:Populate=Any,...,Resident", "--over Premap:Populate: '...' stands between numbers, and the values of this parameter are words")]
    [InlineData("platform=pci", "--over platform: 'pci' is not a value of platform; expected one of vfio, sva")]
    [InlineData("patches=1,9", "--over patches: patch spec '9': ")]
    [InlineData("errata=E99", "--over errata: errata spec 'E99': ")]
    public void What_is_no_list_is_refused_in_one_line(string text, string complaint)
    {
        InputException refused = Assert.Throws<InputException>(() => SweepAxis.Parse(text, "--over"));

        Assert.StartsWith(complaint, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }
}
