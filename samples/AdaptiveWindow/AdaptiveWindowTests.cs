namespace AdaptiveWindow;

public sealed class AdaptiveWindowTests
{
    [Fact]
    public void The_length_doubles_while_faults_come_one_after_another_up_to_512()
    {
        AdaptiveLength length = new();
        List<int> lengths = [];
        ulong page = 100;
        for (int i = 0; i < 11; i++)
        {
            lengths.Add(length.Next(page));
            length.Mapped(page, (ulong)lengths[i]);
            page += (ulong)lengths[i];
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 512], lengths);
    }

    [Fact]
    public void A_fault_elsewhere_leaves_it_and_an_invalidation_halves_it()
    {
        AdaptiveLength length = new();
        length.Mapped(9, 1);
        Assert.Equal(2, length.Next(10));
        length.Mapped(10, 2);

        Assert.Equal(2, length.Next(500));

        length.Invalidated();
        length.Invalidated();
        Assert.Equal(1, length.Next(500));
    }

    [Fact]
    public void The_table_of_the_README_is_what_the_measurement_says()
    {
        string readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md"));

        Assert.Contains(string.Join('\n', Measurement.Table()), readme, StringComparison.Ordinal);
    }
}
