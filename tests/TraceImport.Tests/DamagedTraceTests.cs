using Iopf.Kernel;
using Iopf.Scenarios;
using Iopf.TestKit;

namespace Iopf.TraceImport.Tests;

/// <summary>Whatever a trace has become, it is refused in one line or becomes a scenario that the reader takes.</summary>
public sealed class DamagedTraceTests
{
    [Fact]
    public void Damaged_trace_is_refused_or_becomes_a_scenario()
    {
        Random dice = new(20261123);
        string[] files = [.. new[] { "vfio-traces", "iommu-ftrace" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests/data", folder))).Order(StringComparer.Ordinal)];
        int imported = 0;
        for (int round = 0; round < 600; round++)
        {
            string[] lines = File.ReadAllLines(files[dice.Next(files.Length)]);
            for (int damage = dice.Next(1, 12); damage > 0; damage--)
            {
                Damage(lines, dice);
            }

            try
            {
                ScenarioFile.Parse("damaged", ScenarioText.Of("damaged", "damaged", Importer.Read("damaged", lines)));
                imported++;
            }
            catch (InputException refused)
            {
                Assert.DoesNotContain('\n', refused.Message);
            }
        }

        Assert.InRange(imported, 300, 600);
    }

    private static void Damage(string[] lines, Random dice)
    {
        int at = dice.Next(lines.Length);
        string line = lines[at];
        int place = dice.Next(line.Length + 1);
        lines[at] = dice.Next(5) switch
        {
            0 => line[..place],
            1 => line.Insert(place, ((char)dice.Next(1, 256)).ToString()),
            2 => line.Insert(place, "ffffffffffffffff"),
            3 => lines[dice.Next(lines.Length)],
            _ => line.Replace((char)('0' + dice.Next(10)), (char)('0' + dice.Next(10))),
        };
    }
}
