using System.Text;
using System.Text.RegularExpressions;
using Iopf.TestKit;

namespace Iopf.SmmuLog.Tests;

/// <summary>docs/driver-messages.md is the table that the decoder reads by.</summary>
public sealed class DriverMessagesDocument
{
    [Fact]
    public void The_document_lists_every_message_of_the_table() => Documents.AssertUpToDate("driver-messages.md", Write());

    [Fact]
    public void Every_message_has_a_meaning_and_fits_its_own_text() =>
        Assert.All(MessageTable.Rows, row => Assert.True(row.Meaning.EndsWith('.') && row.Template.Match(Example(row.Text)) == TemplateFit.Whole, row.Text));

    private static string Example(string template) =>
        Regex.Replace(template, @"\{\w+:(.)\}", place => place.Groups[1].Value switch { "x" => "0x1", "q" => "0x0000000000000001", "d" or "h" => "1", _ => "word" });

    private static string Write()
    {
        StringBuilder text = new("# The messages of the SMMUv3 driver\n\nGenerated from tools/SmmuLog (`IOPF_UPDATE=1 dotnet test tests/SmmuLog.Tests`); CI checks that it is true.\n\n");
        text.Append("`{name}` stands for a value. A line that is the beginning of one of these texts is joined with the lines that complete it.\n\n");
        text.Append("| text | kind | means | stops | look at |\n|---|---|---|---|---|\n");
        foreach (DriverMessage row in MessageTable.Rows)
        {
            string message = Regex.Replace(row.Text, @"\{(\w+):.\}", "{$1}");
            text.Append($"| `{message}` | {row.Kind} | {row.Meaning} | {row.Stops} | {row.LookAt} |\n");
        }

        return text.ToString();
    }
}
