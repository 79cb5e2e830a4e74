using System.Text;

namespace Iopf.Scenarios.Format;

/// <summary>Writes the operations as the Markdown of docs/scenarios.md, from the table that the reader uses.</summary>
internal static class OperationDocs
{
    /// <summary>The line before the generated part of the document.</summary>
    public const string Begin = "<!-- operations: generated from src/Scenarios/Format, see CONTRIBUTING.md -->";

    /// <summary>The line after the generated part.</summary>
    public const string End = "<!-- end of operations -->";

    /// <summary>The line before the list of built-in scenarios.</summary>
    public const string BuiltInBegin = "<!-- built-in scenarios: generated from src/Scenarios/BuiltIn -->";

    /// <summary>The line after it.</summary>
    public const string BuiltInEnd = "<!-- end of built-in scenarios -->";

    /// <summary>Writes the built-in scenarios as a table.</summary>
    /// <param name="scenarios">The scenarios.</param>
    /// <returns>Markdown that ends with a line break.</returns>
    public static string WriteBuiltIn(IEnumerable<ScenarioInfo> scenarios)
    {
        StringBuilder text = new("| scenario | patch | shows |\n|---|---|---|\n");
        foreach (ScenarioInfo scenario in scenarios)
        {
            text.Append($"| `{scenario.Name}` | {(scenario.Patch is int patch ? $"{patch}" : "-")} | {scenario.About} |\n");
        }

        return text.ToString();
    }

    /// <summary>Writes every family as a heading and a table.</summary>
    /// <returns>Markdown that ends with a line break.</returns>
    public static string Write()
    {
        StringBuilder text = new();
        foreach (IGrouping<string, OperationSpec> family in OperationTable.All.GroupBy(operation => operation.Family))
        {
            text.Append($"### {family.Key}\n\n| operation | does | fields | answers, `expect` details |\n|---|---|---|---|\n");
            foreach (OperationSpec operation in family)
            {
                text.Append($"| `{operation.Name}` | {operation.About} | {Fields(operation)} | {Answers(operation)} |\n");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Fields(OperationSpec operation) =>
        operation.Fields.Count == 0 ? "-" : string.Join("<br>", operation.Fields.Select(Field));

    private static string Field(OperationField field)
    {
        string words = field.Words.Count == 0 ? "" : ": " + string.Join(", ", field.Words.Select(word => $"`{word}`"));
        string presence = field.IsRequired
            ? field.IsReference ? "" : " **required**"
            : field.Default.Length > 0 ? $" (default {field.Default})" : " (optional)";
        return $"`{field.Name}`{presence} {field.About}{words}";
    }

    private static string Answers(OperationSpec operation)
    {
        string details = string.Join(", ", operation.Reports.Select(report => $"`{report}`"));
        string[] parts = [operation.Answers, details];
        string text = string.Join("; ", parts.Where(part => part.Length > 0));
        return text.Length == 0 ? "-" : text;
    }
}
