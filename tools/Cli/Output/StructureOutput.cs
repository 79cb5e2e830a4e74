using System.Globalization;
using Iopf.SmmuLog;

namespace Iopf.Cli.Output;

/// <summary>A structure of the SMMU, field by field.</summary>
internal static class StructureOutput
{
    /// <summary>Prints it for people.</summary>
    /// <param name="terminal">Where it prints.</param>
    /// <param name="structure">The structure.</param>
    public static void Print(Terminal terminal, DecodedStructure structure)
    {
        List<string> lines = [$"{structure.Name}: {string.Join(' ', structure.Words.Select(DecodeWords.Of))}", ""];
        lines.AddRange(TextTable.Lines(
            ["field", "word", "bits", "value", ""],
            structure.Fields.Select(field => new[] { field.Name, field.Word.ToString(CultureInfo.InvariantCulture), BitsOf(field), DecodeWords.Hex(field.Value), field.Meaning })));
        lines.Add("");
        lines.AddRange(structure.Illegal.SelectMany(rule => DecodeText.Wrapped($"NOT IN ORDER: {rule}")));
        lines.AddRange(DecodeText.Wrapped($"Linux: {structure.Linux}"));
        ResultText.Print(terminal, lines.Select(line => line.TrimEnd()));
    }

    /// <summary>Prints it for programs.</summary>
    /// <param name="terminal">Where it prints.</param>
    /// <param name="structure">The structure.</param>
    public static void PrintJson(Terminal terminal, DecodedStructure structure) => ResultText.PrintJson(terminal, json =>
    {
        json.WriteString("structure", structure.Name);
        json.WriteTexts("words", structure.Words.Select(DecodeWords.Of));
        json.WriteObjects("fields", structure.Fields, field =>
        {
            json.WriteString("name", field.Name);
            json.WriteNumber("word", field.Word);
            json.WriteString("bits", BitsOf(field));
            json.WriteString("value", DecodeWords.Hex(field.Value));
            json.WriteString("meaning", field.Meaning);
        });
        json.WriteTexts("illegal", structure.Illegal);
        json.WriteString("linux", structure.Linux);
    });

    private static string BitsOf(DecodedField field) =>
        string.Create(CultureInfo.InvariantCulture, $"{(field.High == field.Low ? "" : $"{field.High}:")}{field.Low}");
}
