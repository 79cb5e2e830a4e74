using Iopf.Views;

namespace Iopf.Exploring;

/// <summary>What the threads of a run did, side by side.</summary>
/// <param name="Threads">Their names, in the order they were made.</param>
/// <param name="Steps">What they did, one after another.</param>
public sealed record Story(IReadOnlyList<string> Threads, IReadOnlyList<StoryStep> Steps)
{
    /// <summary>The story as a sequence diagram: an arrow from thread to thread where another goes on.</summary>
    /// <param name="title">What it shows.</param>
    /// <returns>The diagram.</returns>
    public SequenceDiagram Diagram(string title)
    {
        List<SequenceMessage> messages = [];
        int before = -1;
        foreach (StoryStep step in Steps)
        {
            string name = Threads[step.Thread];
            messages.Add(new SequenceMessage(before < 0 ? name : Threads[before], name, step.What, "", 0, 0));
            before = step.Thread;
        }

        return new SequenceDiagram(title, Threads, messages);
    }
}
