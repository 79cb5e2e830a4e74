using System.Text;
using Iopf.TestKit;

namespace Iopf.SmmuLog.Tests;

public sealed class DamageTests
{
    private const int Rounds = 400;

    private static readonly byte[][] s_logs =
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests/data/smmuv3-events")).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    [Fact]
    public void Damaged_logs_are_read_without_an_exception_and_whole_records_come_from_whole_words()
    {
        Random random = new(7);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] log = Damaged(random);
            Decoded found = Decoded.Bytes(log, random.Next(1, 3) == 1 ? int.MaxValue : random.Next(1, 500));
            AssertNothingIsInvented(Encoding.UTF8.GetString(log), found);
        }
    }

    [Fact]
    public void Noise_is_read_without_an_exception()
    {
        Random random = new(8);
        byte[] noise = new byte[100_000];
        random.NextBytes(noise);

        Assert.Empty(Decoded.Bytes(noise).Records);
    }

    [Fact]
    public void A_log_cut_anywhere_gives_a_prefix_of_its_records()
    {
        byte[] log = File.ReadAllBytes(Path.Combine(Repository.Root, "tests/data/smmuv3-events/decoded-rk3588-r8125-iova0.log"));
        string text = Encoding.UTF8.GetString(log);
        for (int length = 0; length <= log.Length; length++)
        {
            Decoded found = Decoded.Bytes(log[..length]);
            AssertNothingIsInvented(text[..length], found);
            Assert.Equal(0, found.Summary.Contradictions);
        }
    }

    [Fact]
    public void An_endless_line_is_cut_and_the_record_behind_it_is_found()
    {
        string record = File.ReadAllText(Path.Combine(Repository.Root, "tests/data/smmuv3-events/raw-hns-roce-timestamps.log"));
        Decoded found = Decoded.Bytes(Encoding.UTF8.GetBytes(new string('x', 5_000_000) + "\n" + record), block: 4096);

        Assert.Equal(2, Assert.Single(found.Records).Place.Line);
        Assert.Equal((6, 1), (found.Summary.Lines, found.Summary.LongLines));
    }

    [Theory]
    [InlineData("a=\n")]
    [InlineData("arm-smmu-v3 smmu0: event: \n")]
    [InlineData("{\"__REALTIME_TIMESTAMP\": \"1\", \"MESSAGE\": \"\\ud800\", \"\\ud800\": 1}\n")]
    [InlineData("arm-smmu-v3 smmu0: 0x0\n")]
    public void Lines_that_always_ask_for_more_are_read_in_bounded_time(string line) =>
        Assert.Equal(20_000, Decoded.Text(string.Concat(Enumerable.Repeat(line, 20_000))).Summary.Lines);

    private static byte[] Damaged(Random random)
    {
        List<byte> log = [.. s_logs[random.Next(s_logs.Length)], .. s_logs[random.Next(s_logs.Length)]];
        for (int damage = random.Next(1, 6); damage > 0 && log.Count > 8; damage--)
        {
            int at = random.Next(log.Count - 4);
            switch (random.Next(6))
            {
                case 0:
                    log[at] = (byte)random.Next(256);
                    break;
                case 1:
                    log.RemoveRange(at, Math.Min(random.Next(1, 60), log.Count - at));
                    break;
                case 2:
                    log.Insert(at, (byte)'\n');
                    break;
                case 3:
                    log.InsertRange(at, log.GetRange(at, Math.Min(random.Next(1, 200), log.Count - at)));
                    break;
                case 4:
                    log.RemoveRange(at, log.Count - at);
                    break;
                default:
                    log.InsertRange(at, [0, 0xff, 0xc3, 0x28, (byte)'\r']);
                    break;
            }
        }

        return [.. log];
    }

    /// <summary>Each word of a record stands in the log, line breaks left out, and what is not known is not said.</summary>
    private static void AssertNothingIsInvented(string log, Decoded found)
    {
        log = log.Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal);
        foreach (SmmuRecord record in found.Records)
        {
            Assert.True(record.IsComplete);
            Assert.NotNull(record.Facts.Type);
            if (record.Words is { } words)
            {
                Assert.All([words.Word0, words.Word1, words.Word2, words.Word3], word => Assert.Contains($"0x{word:x16}", log, StringComparison.OrdinalIgnoreCase));
            }
            else
            {
                Assert.Contains($"event: {record.Description.Name} client:", log, StringComparison.Ordinal);
            }
        }

        foreach (IncompleteRecord incomplete in found.Incompletes.Where(incomplete => incomplete.Facts.InputAddress is not null))
        {
            Assert.Contains($"{incomplete.Facts.InputAddress:x}", log, StringComparison.OrdinalIgnoreCase);
        }
    }
}
