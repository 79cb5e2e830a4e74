using Iopf.Kernel;
using Iopf.Settings;

namespace Iopf.Scenarios;

/// <summary>The scenarios that come with the model.</summary>
public static class BuiltInScenarios
{
    /// <summary>Their names, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. ScenarioFile.BuiltIn.Select(static scenario => scenario.Name)];

    /// <summary>One of them.</summary>
    /// <param name="name">Its name, such as <c>first-fault</c>.</param>
    /// <returns>The scenario.</returns>
    /// <exception cref="InputException">There is no built-in scenario of that name; the message lists the nearest first.</exception>
    public static Scenario Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Names.Contains(name)
            ? ScenarioFile.Load(name)
            : throw new InputException($"{name}: there is no built-in scenario of that name; built-in: {NearestNames.List(Names, name)}");
    }
}
