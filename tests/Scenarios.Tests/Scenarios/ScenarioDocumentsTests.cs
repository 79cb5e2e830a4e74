using Iopf.Scenarios.Format;
using Iopf.TestKit;

namespace Iopf.Scenarios.Tests.Scenarios;

public class ScenarioDocumentsTests
{
    [Fact]
    public void The_schema_in_docs_is_the_one_the_table_gives() =>
        Documents.AssertUpToDate("scenario.schema.json", ScenarioSchema.Write());

    [Fact]
    public void The_embedded_schema_is_the_one_in_docs() =>
        Assert.Equal(File.ReadAllText(Documents.PathOf("scenario.schema.json")), ScenarioFile.Schema);

    [Fact]
    public void The_tables_in_docs_are_those_of_the_code()
    {
        string text = File.ReadAllText(Documents.PathOf("scenarios.md"));

        string expected = Replace(text, OperationDocs.Begin, OperationDocs.End, OperationDocs.Write());
        string builtIn = OperationDocs.WriteBuiltIn(ScenarioFile.BuiltIn);
        expected = Replace(expected, OperationDocs.BuiltInBegin, OperationDocs.BuiltInEnd, builtIn);

        Documents.AssertUpToDate("scenarios.md", expected);
    }

    [Fact]
    public void The_example_in_docs_is_a_scenario()
    {
        string text = File.ReadAllText(Documents.PathOf("scenarios.md"));
        int begin = text.IndexOf("```json\n", StringComparison.Ordinal) + "```json\n".Length;
        string example = text[begin..text.IndexOf("\n```", begin, StringComparison.Ordinal)];

        Scenario scenario = ScenarioFile.Parse("example", example);

        Assert.NotEmpty(scenario.Steps);
    }

    [Fact]
    public void Operation_names_and_field_names_are_unique()
    {
        Assert.Equal(OperationTable.Names.Count(), OperationTable.Names.Distinct().Count());
        foreach (OperationSpec operation in OperationTable.All)
        {
            Assert.Equal(operation.Fields.Count, operation.Fields.Select(field => field.Name).Distinct().Count());
        }
    }

    private static string Replace(string text, string beginMark, string endMark, string generated)
    {
        int begin = text.IndexOf(beginMark, StringComparison.Ordinal);
        int end = text.IndexOf(endMark, StringComparison.Ordinal);
        Assert.True(begin >= 0 && end > begin, $"docs/scenarios.md lacks {beginMark}");
        return text[..(begin + beginMark.Length)] + "\n\n" + generated + "\n" + text[end..];
    }
}
