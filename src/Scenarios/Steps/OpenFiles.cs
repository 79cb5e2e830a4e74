using Iopf.Mm;
using Iopf.Vfio;

namespace Iopf.Scenarios.Steps;

/// <summary>The VFIO files that the processes of a run have open, in the order of their opening.</summary>
internal sealed class OpenFiles
{
    private readonly List<(Process Owner, Action Close)> _files = [];

    /// <summary>The containers by name, closed ones among them.</summary>
    public Dictionary<string, VfioContainer> Containers { get; } = [];

    /// <summary>The groups by number, closed ones among them.</summary>
    public Dictionary<int, VfioGroup> Groups { get; } = [];

    /// <summary>Notes a file.</summary>
    /// <param name="owner">Who opened it.</param>
    /// <param name="close">How it is closed; closing what is closed already does no harm.</param>
    public void Add(Process owner, Action close) => _files.Add((owner, close));

    /// <summary>Has the files of a process closed when its exit comes to them, the first opened first.</summary>
    /// <param name="process">The process that is about to end.</param>
    public void CloseWithExitOf(Process process) => process.ExitFiles += () => CloseAll(file => file == process);

    /// <summary>Closes what is still open.</summary>
    public void CloseAll() => CloseAll(_ => true);

    private void CloseAll(Predicate<Process> isMeant)
    {
        foreach ((Process owner, Action close) in _files.ToArray())
        {
            if (isMeant(owner))
            {
                close();
            }
        }

        _files.RemoveAll(file => isMeant(file.Owner));
    }
}
