namespace Iopf.Project.Tests.Layering;

/// <summary>One project.</summary>
/// <param name="Folder">Its folder in the repository.</param>
/// <param name="Holds">What it holds.</param>
/// <param name="Below">The projects that it may refer to, by assembly.</param>
/// <param name="Folders">Its folders; each refers only to folders that stand before it.</param>
internal sealed record ProjectRow(string Folder, string Holds, IReadOnlyList<string> Below, IReadOnlyList<FolderRow> Folders)
{
    public string Name => Folder[(Folder.IndexOf('/', StringComparison.Ordinal) + 1)..];

    public string Assembly => Name == "Iopf" ? Name : $"Iopf.{Name}";

    public bool MayRefer(string from, string to) => Folders.Any(row => row.Name == from && row.Below.Contains(to));
}
