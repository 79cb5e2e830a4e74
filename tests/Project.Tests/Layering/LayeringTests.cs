using System.Reflection;
using Iopf.TestKit;

namespace Iopf.Project.Tests.Layering;

/// <summary>References point down: between projects, and between the folders of a project. <see cref="Layout"/> is the map.</summary>
public sealed class LayeringTests
{
    public static TheoryData<string> Projects => [.. Layout.Projects.Select(project => project.Folder)];

    [Fact]
    public void Every_project_of_the_repository_is_in_the_table_and_every_row_is_a_project() =>
        Assert.Equal(
            new[] { "src", "tools" }.SelectMany(top => Directory.EnumerateDirectories(Path.Combine(Repository.Root, top)))
                .Where(path => Directory.EnumerateFiles(path, "*.csproj").Any())
                .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
                .Order(StringComparer.Ordinal),
            Layout.Projects.Select(project => project.Folder).Order(StringComparer.Ordinal));

    [Fact]
    public void A_project_stands_below_every_project_that_may_refer_to_it()
    {
        List<string> above = [];
        foreach (ProjectRow project in Layout.Projects)
        {
            Assert.Equal([], project.Below.Except(above));
            above.Add(project.Assembly);
        }
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_projects_that_the_table_allows(string folder)
    {
        ProjectRow project = Layout.Get(folder);
        IEnumerable<string> referenced = Assembly.Load(project.Assembly).GetReferencedAssemblies()
            .Select(assembly => assembly.Name!)
            .Where(name => name == "Iopf" || name.StartsWith("Iopf.", StringComparison.Ordinal));

        Assert.Equal([], referenced.Except(project.Below));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_table_names_every_folder_of_a_project_once(string folder) =>
        Assert.Equal(
            SourceProject.FoldersOf(folder).Order(StringComparer.Ordinal),
            Layout.Get(folder).Folders.Select(row => row.Name).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_folder_refers_only_to_folders_above_it_in_the_table(string folder)
    {
        ProjectRow project = Layout.Get(folder);
        IReadOnlyList<FolderReference> references = SourceProject.ReferencesIn(folder, project.Assembly);

        Assert.Equal([], references.Where(reference => !project.MayRefer(reference.From, reference.To)).Select(reference => $"{reference.From} -> {reference.To}: {reference.Example}"));

        // What nothing uses is not allowed either: the table is the map as it is.
        HashSet<(string, string)> used = [.. references.Select(reference => (reference.From, reference.To))];
        Assert.Equal([], project.Folders.SelectMany(row => row.Below.Where(below => !used.Contains((row.Name, below))).Select(below => $"{row.Name} does not refer to {below}")));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_folders_of_a_project_stand_in_order(string folder)
    {
        HashSet<string> above = [];
        foreach (FolderRow row in Layout.Get(folder).Folders)
        {
            Assert.Equal([], row.Below.Except(above));
            above.Add(row.Name);
        }
    }

    [Fact]
    public void Outside_the_folders_named_Patches_the_kernel_rooms_refer_to_no_patch() =>
        Assert.Equal(
            [],
            Layout.Projects.Where(project => project.Folder != "src/Iopf")
                .SelectMany(project => project.Folders.Where(row => row.Below.Contains("Patches")).Select(row => $"{project.Folder}/{row.Name}")));

    [Fact]
    public void The_page_is_the_table() => Documents.AssertUpToDate("layout.md", Layout.Write());
}
