using System.Text.Json;
using Iopf.Kernel;
using Iopf.Patches;

namespace Iopf.Cli.Output;

/// <summary>The patches, as text and as JSON.</summary>
internal static class PatchesOutput
{
    /// <summary>One patch for a reader.</summary>
    /// <param name="patch">The patch.</param>
    /// <returns>Its lines, with an empty one at the end.</returns>
    public static IEnumerable<string> Lines(PatchModule patch)
    {
        yield return patch.Subject;
        yield return $"    module   {patch.Module}, switched on by {patch.Method}()";
        yield return $"    alone    {patch.Alone}";
        foreach (PatchExpectation expectation in patch.Expects)
        {
            string expected = PatchCatalog.Get(expectation.Number).Module;
            yield return $"    expects  patch {expectation.Number} ({expected}); without it {expectation.WhenMissing}";
        }

        foreach (SettableOption option in patch.Options)
        {
            yield return $"    option   {option.Key} = {option.Default}: {option.Form}";
        }

        foreach (string file in patch.Files)
        {
            yield return $"    file     {file}";
        }

        foreach (string symbol in patch.Symbols)
        {
            yield return $"    kernel   {symbol}";
        }

        yield return "";
    }

    /// <summary>All patches as members of a JSON document.</summary>
    /// <param name="json">The document.</param>
    public static void WriteJson(Utf8JsonWriter json) =>
        json.WriteObjects("patches", PatchCatalog.All, patch =>
        {
            json.WriteNumber("number", patch.Number);
            json.WriteString("title", patch.Title);
            json.WriteString("subject", patch.Subject);
            json.WriteString("module", patch.Module);
            json.WriteString("method", patch.Method);
            json.WriteNumbers("expects", patch.Expects.Select(expectation => expectation.Number));
            json.WriteObjects("when_missing", patch.Expects, expectation =>
            {
                json.WriteNumber("patch", expectation.Number);
                json.WriteString("consequence", expectation.WhenMissing);
            });
            json.WriteString("alone", patch.Alone);
            json.WriteTexts("kernel_symbols", patch.Symbols);
            json.WriteTexts("kernel_files", patch.Files);
            json.WriteObjects("options", patch.Options, option =>
            {
                json.WriteString("name", option.Key);
                WriteValue(json, "default", option.Default);
                if (option.Names.Count > 0)
                {
                    json.WriteTexts("values", option.Names);
                    return;
                }

                WriteValue(json, "minimum", option.Minimum);
                WriteValue(json, "maximum", option.Maximum);
            });
        });

    private static void WriteValue(Utf8JsonWriter json, string name, string? value)
    {
        if (value is null)
        {
            json.WriteNull(name);
        }
        else if (long.TryParse(value, out long number))
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteString(name, value);
        }
    }
}
