using System.Text.RegularExpressions;
using Iopf.Kernel;
using Iopf.Patches;
using Iopf.TestKit;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.Project.Tests;

/// <summary>
/// A defect of the posted code stands beside the corrected code where it changes one expression; otherwise it stands in a class of its own, in a
/// folder AsPosted (docs/decisions/0020-errata-in-two-tiers.md).
/// </summary>
public sealed partial class ErrataTiersTests
{
    private const int MostSwitches = 50;
    private const int MostInAClass = 3;

    // Four look-ups that differ in a value each, in the order of the kernel's function.
    private static readonly Dictionary<string, int> Exempt = new() { ["FaultPlanner"] = 4 };

    private static readonly IReadOnlyList<(string Path, InvocationExpressionSyntax Switch)> Switches =
    [
        .. from path in Repository.FilesBelow("src")
           where !path.Contains("/AsPosted/", StringComparison.Ordinal) && !path.StartsWith("src/Kernel/", StringComparison.Ordinal)
           where !path.StartsWith("src/Scenarios/", StringComparison.Ordinal)
           from call in CSharpSyntaxTree.ParseText(Repository.Read(path)).GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>()
           where IsSwitch(call)
           select (path, call),
    ];

    private static readonly Type[] Posted =
        [.. new[] { typeof(Iommu.Device).Assembly, typeof(VfioType1.Type1Container).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.IsAssignableTo(typeof(IAsPosted)))];

    [Fact]
    public void At_most_fifty_switches_stand_outside_the_posted_classes()
    {
        Assert.NotEmpty(Switches);
        Assert.True(Switches.Count <= MostSwitches, $"{Switches.Count} switches");
    }

    [Fact]
    public void A_fourth_switch_of_a_class_is_one_too_many() =>
        Assert.Equal(
            [],
            from one in Switches
            group one by one.Switch.FirstAncestorOrSelf<TypeDeclarationSyntax>()!.Identifier.Text into type
            where type.Count() > Exempt.GetValueOrDefault(type.Key, MostInAClass)
            select $"{type.Key}: {type.Count()} switches");

    [Fact]
    public void A_switch_changes_one_expression() =>
        Assert.Equal([], Switches.Select(one => (one.Path, one.Switch, Reason: WhyItIsMore(one.Switch))).Where(one => one.Reason is not null)
            .Select(one => $"{one.Path}: {one.Switch}: {one.Reason}"));

    [Theory]
    [InlineData("class C { readonly bool _x = kernel.IsPosted(E); }", false)]
    [InlineData("class C { void M() { bool x = kernel.IsPosted(E) || kernel.IsPosted(F); N(x); } }", false)]
    [InlineData("class C { void M() { if (kernel.IsPosted(E)) { A(); B(); } } }", false)]
    [InlineData("class C { void M() { if (kernel.Errata.Intersects(E)) { A(); } else { B(); } } }", false)]
    [InlineData("class C { int M() { bool x = y && !kernel.IsPosted(E); return x ? 1 : 2; } }", true)]
    [InlineData("class C { int M() => kernel.IsPosted(E) ? 1 : 2; }", true)]
    [InlineData("class C { void M() { if (x && !kernel.IsPosted(E)) { A(); } } }", true)]
    public void The_rule_tells_an_expression_from_more(string code, bool isOne)
    {
        IEnumerable<InvocationExpressionSyntax> switches = CSharpSyntaxTree.ParseText(code).GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>().Where(IsSwitch);

        Assert.NotEmpty(switches);
        Assert.All(switches, one => Assert.Equal(isOne, WhyItIsMore(one) is null));
    }

    [Fact]
    public void The_posted_classes_are_what_a_machine_with_every_erratum_is_made_of()
    {
        ServiceCollection services = Compose();
        services.AddIommuErrata(ErrataSet.All).AddVfioType1Errata(ErrataSet.All);

        Assert.NotEmpty(Posted);
        Assert.Equal(
            Posted.Select(type => type.Name).Order(StringComparer.Ordinal),
            services.Where(service => Posted.Contains(service.ImplementationType)).Select(service => service.ImplementationType!.Name).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Without_errata_none_of_them_is_there()
    {
        ServiceCollection services = Compose();
        ServiceDescriptor[] before = [.. services];

        services.AddIommuErrata(ErrataSet.None).AddVfioType1Errata(ErrataSet.None);

        Assert.Equal(before, services);
        Assert.DoesNotContain(services, service => Posted.Contains(service.ImplementationType));
    }

    [Fact]
    public void A_posted_class_is_put_in_for_each_defect_that_it_asks_for()
    {
        IEnumerable<string> unheard =
            from type in Posted
            let path = Repository.FilesBelow("src").Single(file => file.EndsWith($"/AsPosted/{type.Name}.cs", StringComparison.Ordinal))
            let errata = (ErrataSet)type.GetProperty(nameof(IAsPosted.Errata))!.GetValue(null)!
            from Match asked in Asked().Matches(Repository.Read(path))
            where !errata.Contains(Enum.Parse<Erratum>(asked.Groups[1].Value))
            select $"{type.Name} asks for {asked.Groups[1].Value} and is not put in for it";

        Assert.Equal([], unheard);
    }

    private static ServiceCollection Compose()
    {
        ServiceCollection services = new();
        services.AddArmSmmuV3().AddVfioType1();
        foreach (PatchModule patch in PatchCatalog.All)
        {
            patch.Register(services);
        }

        return services;
    }

    private static bool IsSwitch(InvocationExpressionSyntax call) => call.Expression is MemberAccessExpressionSyntax member
        && (member.Name.Identifier.Text == nameof(HostKernel.IsPosted)
            || (member.Name.Identifier.Text is nameof(ErrataSet.Intersects) or nameof(ErrataSet.Contains) && member.Expression.ToString().EndsWith("Errata", StringComparison.Ordinal)));

    /// <summary>Why a switch changes more than one expression; null if it does not.</summary>
    private static string? WhyItIsMore(InvocationExpressionSyntax one)
    {
        if (one.FirstAncestorOrSelf<MemberDeclarationSyntax>() is FieldDeclarationSyntax or PropertyDeclarationSyntax { Initializer: not null })
        {
            return "it is kept in a field or a property";
        }

        if (one.FirstAncestorOrSelf<StatementSyntax>() is LocalDeclarationStatementSyntax local
            && local.Declaration.Variables.Any(variable => variable.Initializer is { } initializer && IsMadeOfSwitches(initializer.Value)))
        {
            return "it is kept in a local";
        }

        return one.FirstAncestorOrSelf<StatementSyntax>() is IfStatementSyntax test && (test.Else is not null || test.Statement is BlockSyntax { Statements.Count: not 1 })
            ? "it chooses between statements"
            : null;
    }

    private static bool IsMadeOfSwitches(ExpressionSyntax expression) => expression switch
    {
        ParenthesizedExpressionSyntax inner => IsMadeOfSwitches(inner.Expression),
        PrefixUnaryExpressionSyntax not => IsMadeOfSwitches(not.Operand),
        BinaryExpressionSyntax both => IsMadeOfSwitches(both.Left) && IsMadeOfSwitches(both.Right),
        InvocationExpressionSyntax call => IsSwitch(call),
        _ => false,
    };

    [GeneratedRegex("Erratum\\.(E[0-9]{2})")]
    private static partial Regex Asked();
}
