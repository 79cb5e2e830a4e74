using System.Globalization;
using Iopf.Kernel;

namespace Iopf.Views;

/// <summary>A trace as a person reads it: one line for each step, indented by layer, one paragraph for each DMA.</summary>
public static class TextTrace
{
    /// <summary>How long a line may be, in characters.</summary>
    public const int Width = 120;

    private const int ThreadWidthMax = 16;
    private const int FunctionWidthMax = 38;
    private const int DeviceWidthMax = 10;
    private const int WordsWidthMin = 8;
    private const string Cut = "...";

    /// <summary>The lines of a trace: a header, then the steps.</summary>
    /// <param name="events">The steps, in order.</param>
    /// <returns>The lines, without line breaks; words that do not fit a line go on below it.</returns>
    public static IEnumerable<string> Lines(IReadOnlyList<TraceEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        Columns columns = Columns.For(events);
        yield return columns.Line("time us", "thread", "function", "device", "iova") + "  what happens";
        for (int index = 0; index < events.Count; index++)
        {
            TraceEvent step = events[index];
            if (OpensParagraph(step, index == 0 ? null : events[index - 1]))
            {
                yield return "";
            }

            string iova = step.Iova?.ToString() ?? "";
            string front = columns.Line(Time(step), step.Thread, Function(step), step.Device, iova);
            foreach (string words in Wrapped(OneLine(step.Text), Math.Max(WordsWidthMin, Width - front.Length - 2)))
            {
                yield return $"{front}  {words}".TrimEnd();
                front = new string(' ', front.Length);
            }
        }
    }

    private static IEnumerable<string> Wrapped(string text, int width)
    {
        int start = 0;
        while (text.Length - start > width)
        {
            int space = text.LastIndexOf(' ', start + width, width + 1);
            int end = space > start ? space : start + width;
            yield return text[start..end];
            start = end == space ? end + 1 : end;
        }

        yield return text[start..];
    }

    /// <summary>A call of user space and an access of a device begin a paragraph each.</summary>
    private static bool OpensParagraph(TraceEvent step, TraceEvent? before) =>
        before is null || (step.Layer == TraceLayer.User ? before.Value.Layer != TraceLayer.User : step.Point.Kind == TracePointKind.DmaBegin);

    private static string Time(TraceEvent step) => (step.Nanoseconds / 1000m).ToString("0.000", CultureInfo.InvariantCulture);

    private static string Function(TraceEvent step) => new string(' ', (int)step.Layer) + step.Function;

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static string Fitted(string text, int width) => text.Length <= width ? text : text[..(width - Cut.Length)] + Cut;

    private readonly record struct Columns(int Time, int Thread, int Function, int Device, int Iova)
    {
        public static Columns For(IReadOnlyList<TraceEvent> events)
        {
            int time = "time us".Length;
            int thread = "thread".Length;
            int function = "function".Length;
            int device = "device".Length;
            int iova = "iova".Length;
            foreach (TraceEvent step in events)
            {
                time = Math.Max(time, TextTrace.Time(step).Length);
                thread = Math.Max(thread, step.Thread.Length);
                function = Math.Max(function, TextTrace.Function(step).Length);
                device = Math.Max(device, step.Device.Length);
                iova = Math.Max(iova, step.Iova?.ToString().Length ?? 0);
            }

            return new Columns(
                time,
                Math.Min(thread, ThreadWidthMax),
                Math.Min(function, FunctionWidthMax),
                Math.Min(device, DeviceWidthMax),
                iova);
        }

        public string Line(string time, string thread, string function, string device, string iova) =>
            string.Join(
                "  ",
                time.PadLeft(Time),
                Fitted(thread, Thread).PadRight(Thread),
                Fitted(function, Function).PadRight(Function),
                Fitted(device, Device).PadRight(Device),
                iova.PadRight(Iova));
    }
}
