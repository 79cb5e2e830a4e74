namespace Iopf.SpeedKit;

/// <summary>Orders of pages drawn from a fixed seed.</summary>
public static class Orders
{
    /// <summary>Each of so many pages once.</summary>
    public static int[] Shuffled(int pages)
    {
        int[] order = [.. Enumerable.Range(0, pages)];
        new Random(1).Shuffle(order);
        return order;
    }
}
