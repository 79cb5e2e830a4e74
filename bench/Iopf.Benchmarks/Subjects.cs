namespace Iopf.Benchmarks;

/// <summary>The classes whose methods are rows.</summary>
internal static class Subjects
{
    /// <summary>Those that measure the model.</summary>
    public static IReadOnlyList<Type> OfTheModel { get; } =
        [typeof(Translating), typeof(Faulting), typeof(Mapping), typeof(Calling), typeof(LookingUp), typeof(Reading), typeof(Exploring), typeof(Composing)];

    /// <summary>All of them, the baseline in C first.</summary>
    public static IReadOnlyList<Type> All { get; } = [typeof(Baseline), .. OfTheModel];
}
