using Iopf.Workloads;

namespace Iopf.Cli.Output;

/// <summary>x</summary>
internal static class TablePage
{
    public static IEnumerable<string> Lines(CoverLetterTable table, IReadOnlyList<TopologyRow> together) => TableText.Lines(table).Concat(WhereTimeGoesText.Lines(table, together));
}
