using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Iopf.Kernel;

namespace Iopf.Patches;

/// <summary>Which of the eight patches of the series are on.</summary>
/// <remarks><c>default</c> is the kernel without the series. Immutable; equal sets are equal values.</remarks>
[TypeConverter(typeof(SpecConverter<PatchSet>))]
public readonly record struct PatchSet : ISpanParsable<PatchSet>
{
    /// <summary>How many patches the series has; they are numbered from 1.</summary>
    public const int Count = 8;

    private readonly byte _bits;

    private PatchSet(byte bits) => _bits = bits;

    /// <summary>No patch: the kernel the series is applied to.</summary>
    public static PatchSet None => default;

    /// <summary>The whole series.</summary>
    public static PatchSet All => new(byte.MaxValue);

    /// <summary>Whether no patch is on.</summary>
    public bool IsEmpty => _bits == 0;

    /// <summary>The numbers of the patches that are on, ascending.</summary>
    public IReadOnlyList<int> Numbers
    {
        get
        {
            List<int> numbers = new(Count);
            for (int number = 1; number <= Count; number++)
            {
                if (Contains(number))
                {
                    numbers.Add(number);
                }
            }

            return numbers;
        }
    }

    /// <summary>The set of the given patches; naming one twice is naming it once.</summary>
    /// <param name="numbers">Patch numbers, 1 to 8.</param>
    /// <returns>The set.</returns>
    public static PatchSet Of(params ReadOnlySpan<int> numbers)
    {
        PatchSet set = None;
        foreach (int number in numbers)
        {
            set = set.With(number);
        }

        return set;
    }

    /// <summary>Whether a patch is on.</summary>
    /// <param name="number">The patch number, 1 to 8.</param>
    /// <returns>Whether it is on.</returns>
    public bool Contains(int number) => (_bits & BitOf(number)) != 0;

    /// <summary>This set and one more patch.</summary>
    /// <param name="number">The patch number, 1 to 8.</param>
    /// <returns>The larger set.</returns>
    public PatchSet With(int number) => new((byte)(_bits | BitOf(number)));

    /// <summary>This set without one patch.</summary>
    /// <param name="number">The patch number, 1 to 8.</param>
    /// <returns>The smaller set.</returns>
    public PatchSet Without(int number) => new((byte)(_bits & ~BitOf(number)));

    /// <summary>Reads a patch spec such as <c>1-3,5-8</c>, <c>none</c> or <c>all</c>.</summary>
    /// <param name="s">The spec.</param>
    /// <param name="provider">Ignored: a spec is the same in every culture.</param>
    /// <returns>The set it names.</returns>
    /// <exception cref="FormatException">It is not a patch spec; the message names the bad part and the expected form.</exception>
    public static PatchSet Parse(string s, IFormatProvider? provider) =>
        PatchSpec.TryParse(s, out PatchSet patches, out string? complaint) ? patches : throw new FormatException(complaint);

    /// <inheritdoc cref="Parse(string, IFormatProvider?)"/>
    public static PatchSet Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s.ToString(), provider);

    /// <summary>Reads a patch spec without throwing.</summary>
    /// <param name="s">The spec.</param>
    /// <param name="provider">Ignored: a spec is the same in every culture.</param>
    /// <param name="result">The set it names; empty if it is not a patch spec.</param>
    /// <returns>Whether it is a patch spec.</returns>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PatchSet result)
    {
        result = None;
        return s is not null && PatchSpec.TryParse(s, out result, out _);
    }

    /// <inheritdoc cref="TryParse(string?, IFormatProvider?, out PatchSet)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out PatchSet result) => TryParse(s.ToString(), provider, out result);

    /// <summary>The shortest patch spec that names this set.</summary>
    /// <returns><c>none</c>, <c>all</c>, or numbers and ranges such as <c>1-4,6</c>; <see cref="PatchSpec.Parse"/> reads it back.</returns>
    public override string ToString()
    {
        if (this == None)
        {
            return "none";
        }

        return this == All ? "all" : Ranges();
    }

    private static int BitOf(int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, Count);
        return 1 << (number - 1);
    }

    private string Ranges()
    {
        StringBuilder spec = new();
        int number = 1;
        while (number <= Count)
        {
            if (!Contains(number))
            {
                number++;
                continue;
            }

            int first = number;
            while (number < Count && Contains(number + 1))
            {
                number++;
            }

            string separator = spec.Length == 0 ? "" : ",";
            string last = number == first ? "" : string.Create(CultureInfo.InvariantCulture, $"-{number}");
            spec.Append(CultureInfo.InvariantCulture, $"{separator}{first}{last}");
            number++;
        }

        return spec.ToString();
    }
}
