using Iopf.Kernel;
using Iopf.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Iopf.Patches;

/// <summary>One patch of the series: what it is called, what it touches, and how it is switched on.</summary>
/// <param name="Number">Its place in the series, 1 to 8.</param>
/// <param name="Title">The subject of its mail without the bracketed part.</param>
/// <param name="Module">The folder that holds its code in every room it touches.</param>
/// <param name="Method">The extension method that registers it.</param>
/// <param name="Expects">The patches it builds on.</param>
/// <param name="Alone">What it does with every expected patch off: a clause without a full stop.</param>
/// <param name="Files">The kernel files its mail changes.</param>
/// <param name="Symbols">The kernel symbols it adds or changes.</param>
/// <param name="Register">Switches it on: puts its answers over the baseline's in the container.</param>
public sealed record PatchModule(
    int Number,
    string Title,
    string Module,
    string Method,
    IReadOnlyList<PatchExpectation> Expects,
    string Alone,
    IReadOnlyList<string> Files,
    IReadOnlyList<string> Symbols,
    Action<IServiceCollection> Register)
{
    /// <summary>The configuration section of its options, if it has any.</summary>
    public string? OptionSection { get; init; }

    /// <summary>The subject of its mail.</summary>
    public string Subject => $"[RFC PATCH v3 {Number}/{PatchSet.Count}] {Title}";

    /// <summary>Its options with their defaults; empty for most patches.</summary>
    public IReadOnlyList<SettableOption> Options => OptionSection is null ? [] : SettableOptions.Model.OfSection(OptionSection);
}
