using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Iopf.Kernel;

/// <summary>Which defects of the posted code are on.</summary>
/// <remarks><c>default</c> is none: the series as it was meant. Immutable; equal sets are equal values.</remarks>
[TypeConverter(typeof(SpecConverter<ErrataSet>))]
public readonly record struct ErrataSet : ISpanParsable<ErrataSet>
{
    /// <summary>How many errata there are; they are numbered from 1.</summary>
    public const int Count = (int)Erratum.E78;

    private readonly UInt128 _bits;

    private ErrataSet(UInt128 bits) => _bits = bits;

    /// <summary>No defect: the intended behaviour.</summary>
    public static ErrataSet None => default;

    /// <summary>Every defect: the code as posted.</summary>
    public static ErrataSet All => new(((UInt128.One << Count) - 1) << 1);

    /// <summary>Whether no defect is on.</summary>
    public bool IsEmpty => _bits == 0;

    /// <summary>The defects that are on, ascending.</summary>
    public IReadOnlyList<Erratum> Members
    {
        get
        {
            List<Erratum> members = [];
            for (Erratum erratum = Erratum.E01; (int)erratum <= Count; erratum++)
            {
                if (Contains(erratum))
                {
                    members.Add(erratum);
                }
            }

            return members;
        }
    }

    /// <summary>The set of the given defects; naming one twice is naming it once.</summary>
    /// <param name="errata">The defects.</param>
    /// <returns>The set.</returns>
    public static ErrataSet Of(params ReadOnlySpan<Erratum> errata)
    {
        ErrataSet set = None;
        foreach (Erratum erratum in errata)
        {
            set = set.With(erratum);
        }

        return set;
    }

    /// <summary>Reads an errata spec such as <c>E12,E25</c>, <c>none</c> or <c>all</c>.</summary>
    /// <param name="s">The spec.</param>
    /// <param name="provider">Ignored: a spec is the same in every culture.</param>
    /// <returns>The set it names.</returns>
    /// <exception cref="FormatException">It is not an errata spec; the message names the bad part and the expected form.</exception>
    public static ErrataSet Parse(string s, IFormatProvider? provider) =>
        ErrataSpec.TryParse(s, out ErrataSet errata, out string? complaint) ? errata : throw new FormatException(complaint);

    /// <inheritdoc cref="Parse(string, IFormatProvider?)"/>
    public static ErrataSet Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s.ToString(), provider);

    /// <summary>Reads an errata spec without throwing.</summary>
    /// <param name="s">The spec.</param>
    /// <param name="provider">Ignored: a spec is the same in every culture.</param>
    /// <param name="result">The set it names; empty if it is not an errata spec.</param>
    /// <returns>Whether it is an errata spec.</returns>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ErrataSet result)
    {
        result = None;
        return s is not null && ErrataSpec.TryParse(s, out result, out _);
    }

    /// <inheritdoc cref="TryParse(string?, IFormatProvider?, out ErrataSet)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out ErrataSet result) => TryParse(s.ToString(), provider, out result);

    /// <summary>Whether a defect is on.</summary>
    /// <param name="erratum">The defect.</param>
    /// <returns>Whether it is on.</returns>
    public bool Contains(Erratum erratum) => (_bits & (UInt128.One << (int)erratum)) != 0;

    /// <summary>Whether two sets have a member in common.</summary>
    /// <param name="other">The other set.</param>
    /// <returns>Whether they do.</returns>
    public bool Intersects(ErrataSet other) => (_bits & other._bits) != 0;

    /// <summary>This set and one more defect.</summary>
    /// <param name="erratum">The defect.</param>
    /// <returns>The larger set.</returns>
    public ErrataSet With(Erratum erratum) => new(_bits | (UInt128.One << (int)erratum));

    /// <summary>This set without one defect.</summary>
    /// <param name="erratum">The defect.</param>
    /// <returns>The smaller set.</returns>
    public ErrataSet Without(Erratum erratum) => new(_bits & ~(UInt128.One << (int)erratum));

    /// <summary>The errata spec that names this set.</summary>
    /// <returns><c>none</c>, <c>all</c>, or ids such as <c>E01,E23</c>.</returns>
    public override string ToString()
    {
        if (this == None)
        {
            return "none";
        }

        return this == All
            ? "all"
            : string.Join(',', Members.Select(erratum => string.Create(CultureInfo.InvariantCulture, $"E{(int)erratum:00}")));
    }
}
