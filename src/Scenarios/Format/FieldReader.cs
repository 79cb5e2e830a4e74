using Iopf.Kernel;
using Iopf.Schedulers;

namespace Iopf.Scenarios.Format;

/// <summary>Reads the value of one field as its kind demands.</summary>
/// <param name="names">The objects it may name.</param>
internal sealed class FieldReader(DeclaredNames names)
{
    private const ulong UserSpace = 1UL << 48;
    private const int MostItems = 100_000;

    /// <summary>Reads a value.</summary>
    /// <param name="field">The field.</param>
    /// <param name="place">The value in the file.</param>
    /// <returns>The value.</returns>
    /// <exception cref="InputException">It is not what the field may hold.</exception>
    public StepValue Read(OperationField field, JsonPlace place) => field.Kind switch
    {
        FieldKind.Process or FieldKind.Device or FieldKind.AnyDevice or FieldKind.Container => new StepValue(Reference(field.Kind, place)),
        FieldKind.NewProcess or FieldKind.NewContainer => new StepValue(place.Name($"a {DeclaredNames.NounOf(field.Kind)} name")),
        FieldKind.Group => Group(place),
        FieldKind.Address => Hex(place.Number("a 64-bit number such as \"0x1000\"")),
        FieldKind.UserAddress => Hex(UserAddress(place)),
        FieldKind.UserPage => Hex(UserPage(place)),
        FieldKind.WholePages => Hex(WholePages(field, place)),
        FieldKind.Count => Decimal(place.Number("a number", field.Min, field.Max)),
        FieldKind.Flag => place.Flag() ? new StepValue("true") { Number = 1 } : new StepValue("false"),
        FieldKind.Choice => new StepValue(Word(field, place)),
        FieldKind.Choices => Words(field, place),
        FieldKind.Data => Data(field, place),
        FieldKind.Texts => Texts(place),
        FieldKind.Addresses => Numbers(place, item => item.Number("a 64-bit number such as \"0x1000\""), "x"),
        _ => Numbers(place, item => item.Number("a number", field.Min, field.Max), "d"),
    };

    private static StepValue Hex(ulong number) => new($"0x{number:x}") { Number = number };

    private static StepValue Decimal(ulong number) => new($"{number}") { Number = number };

    private static ulong UserAddress(JsonPlace place)
    {
        const string Form = "a process address below 2^48 such as \"0x1000\"";
        ulong number = place.Number(Form);
        return number < UserSpace ? number : throw place.Expected(Form);
    }

    private static ulong UserPage(JsonPlace place)
    {
        const string Form = "a page-aligned address below 2^48 such as \"0x1000\"";
        ulong number = place.Number(Form);
        return number < UserSpace && Page.IsAligned(number) ? number : throw place.Expected(Form);
    }

    private static ulong WholePages(OperationField field, JsonPlace place)
    {
        string form = $"a size that is a positive multiple of 0x1000 and at most 0x{field.Max:x}";
        ulong number = place.Number(form);
        return number > 0 && number <= field.Max && Page.IsAligned(number) ? number : throw place.Expected(form);
    }

    private static string Word(OperationField field, JsonPlace place)
    {
        string form = $"one of {string.Join(", ", field.Words.Select(word => $"\"{word}\""))}";
        string word = place.Text(form);
        return field.Words.Contains(word) ? word : throw place.Expected(form);
    }

    private static StepValue Words(OperationField field, JsonPlace place)
    {
        string[] words = [.. place.Items("a list of words").Select(item => Word(field, item))];
        return words.Length > 0
            ? new StepValue(string.Join(',', words)) { Words = words }
            : throw place.Expected("a list of at least one word");
    }

    private static StepValue Texts(JsonPlace place)
    {
        const string Form = "THREAD, THREAD@POINT or THREAD@POINT#N with N from 1";
        string[] texts = [.. place.Items("a list of texts").Take(MostItems).Select(item => WrittenSchedule.IsEntry(item.Text(Form)) ? item.Text(Form) : throw item.Expected(Form))];
        return new StepValue(string.Join(", ", texts)) { Words = texts };
    }

    private static StepValue Data(OperationField field, JsonPlace place)
    {
        string form = $"1 to {field.Max} bytes as pairs of hexadecimal digits, such as \"00ff\"";
        string digits = place.Text(form);
        bool isHex = digits.Length > 0 && digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit);
        return isHex && (ulong)digits.Length / 2 <= field.Max
           ? new StepValue(digits) { Data = Convert.FromHexString(digits) }
            : throw place.Expected(form);
    }

    private static StepValue Numbers(JsonPlace place, Func<JsonPlace, ulong> read, string format)
    {
        ulong[] numbers = [.. place.Items("a list of numbers").Take(MostItems + 1).Select(read)];
        if (numbers.Length is 0 or > MostItems)
        {
            throw place.Wrong($"expected a list of 1 to {MostItems} numbers, found {(numbers.Length == 0 ? "none" : "more")}");
        }

        string prefix = format == "x" ? "0x" : "";
        string shown = string.Join(',', numbers.Take(4).Select(number => prefix + number.ToString(format, null)));
        return new StepValue(numbers.Length > 4 ? $"{shown},... ({numbers.Length})" : shown) { Numbers = numbers };
    }

    private string Reference(FieldKind kind, JsonPlace place)
    {
        string name = place.Text($"the name of a {DeclaredNames.NounOf(kind)}");
        return names.WhyUnusable(kind, name) is string reason ? throw place.Wrong(reason) : name;
    }

    private StepValue Group(JsonPlace place)
    {
        ulong number = place.Number("the number of an IOMMU group");
        return number <= int.MaxValue && names.Groups.Contains((int)number)
            ? Decimal(number)
            : throw place.Wrong($"the machine has no group {number}; it has: {string.Join(", ", names.Groups.Order())}");
    }
}
