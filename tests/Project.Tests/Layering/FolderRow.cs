namespace Iopf.Project.Tests.Layering;

/// <summary>One folder of a project.</summary>
/// <param name="Name">Its name; "(root)" for the files that lie in none.</param>
/// <param name="Holds">What it holds.</param>
/// <param name="Below">The folders of the same project that it refers to.</param>
internal sealed record FolderRow(string Name, string Holds, params string[] Below);
