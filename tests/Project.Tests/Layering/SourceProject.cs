using Iopf.TestKit;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Iopf.Project.Tests.Layering;

/// <summary>One reference of a source file to a type of the same project that lies in another folder.</summary>
/// <param name="From">The folder of the file, relative to the project; "(root)" for the project's own.</param>
/// <param name="To">The folder that the type lies in.</param>
/// <param name="Example">The file and the type.</param>
internal readonly record struct FolderReference(string From, string To, string Example);

/// <summary>A project's source, compiled in memory so that each name is known to be the type it is.</summary>
internal static class SourceProject
{
    public const string Root = "(root)";

    private const string ImplicitUsings = """
        global using System; global using System.IO; global using System.Linq; global using System.Net.Http;
        global using System.Threading; global using System.Threading.Tasks; global using System.Collections.Generic;
        """;

    private static readonly IReadOnlyList<(string Assembly, PortableExecutableReference Reference)> References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => (Path.GetFileNameWithoutExtension(path), MetadataReference.CreateFromFile(path)))];

    /// <summary>The references between the top folders of a project.</summary>
    /// <param name="folder">The project's folder, such as "src/Iommu".</param>
    /// <param name="assembly">The project's assembly.</param>
    public static IReadOnlyList<FolderReference> ReferencesIn(string folder, string assembly)
    {
        CSharpCompilation compilation = Compile(folder, assembly);
        HashSet<FolderReference> references = [];
        foreach (SyntaxTree tree in compilation.SyntaxTrees.Where(tree => tree.FilePath.Length > 0))
        {
            SemanticModel model = compilation.GetSemanticModel(tree);
            string from = TopFolderOf(tree.FilePath, folder);
            foreach (SimpleNameSyntax name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                ISymbol? symbol = model.GetSymbolInfo(name).Symbol;

                // A name that is not understood would hide a reference.
                Assert.True(symbol is not null || name.ToString() is "nameof" or "notnull", $"{tree.FilePath}: {name.Parent}");
                if (TypeOf(symbol) is not { } type)
                {
                    continue;
                }

                foreach (SyntaxReference place in type.DeclaringSyntaxReferences.Where(place => place.SyntaxTree.FilePath.Length > 0))
                {
                    string to = TopFolderOf(place.SyntaxTree.FilePath, folder);
                    if (to != from)
                    {
                        references.Add(new FolderReference(from, to, $"{tree.FilePath}: {type.Name}"));
                    }
                }
            }
        }

        return [.. references];
    }

    /// <summary>The top folders of a project that hold source files.</summary>
    /// <param name="folder">The project's folder.</param>
    public static IReadOnlyList<string> FoldersOf(string folder) =>
        [.. Repository.FilesBelow(folder).Select(path => TopFolderOf(path, folder)).Distinct().Order(StringComparer.Ordinal)];

    private static CSharpCompilation Compile(string folder, string assembly)
    {
        CSharpParseOptions options = new(LanguageVersion.Latest);
        IEnumerable<SyntaxTree> trees = Repository.FilesBelow(folder)
            .Select(path => CSharpSyntaxTree.ParseText(Repository.Read(path), options, path))
            .Append(CSharpSyntaxTree.ParseText(ImplicitUsings, options));
        return CSharpCompilation.Create(
            assembly,
            trees,
            References.Where(known => known.Assembly != assembly).Select(known => known.Reference),
            new CSharpCompilationOptions(assembly == "Iopf.Cli" ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary));
    }

    /// <summary>The type that a name stands for, or that holds the member it stands for; none for parameters and locals.</summary>
    private static INamedTypeSymbol? TypeOf(ISymbol? symbol) => symbol switch
    {
        INamedTypeSymbol type => type.OriginalDefinition,
        IMethodSymbol or IPropertySymbol or IFieldSymbol or IEventSymbol => symbol.ContainingType?.OriginalDefinition,
        _ => null,
    };

    private static string TopFolderOf(string path, string folder)
    {
        string inside = path[(folder.Length + 1)..];
        int slash = inside.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? Root : inside[..slash];
    }
}
