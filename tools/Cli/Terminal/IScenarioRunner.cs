using Iopf.Kernel;
using Iopf.Scenarios;

namespace Iopf.Cli;

/// <summary>Where the commands get scenarios and runs from.</summary>
internal interface IScenarioRunner
{
    /// <summary>The built-in scenarios.</summary>
    IReadOnlyList<ScenarioInfo> BuiltIn { get; }

    /// <summary>The JSON schema of scenario files.</summary>
    string Schema { get; }

    /// <summary>The JSON text of a built-in scenario.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The text.</returns>
    /// <exception cref="InputException">There is no such scenario.</exception>
    string TextOf(string name);

    /// <summary>Reads a scenario.</summary>
    /// <param name="nameOrPath">The name of a built-in scenario, or the path of a scenario file.</param>
    /// <returns>The scenario.</returns>
    /// <exception cref="InputException">There is no such scenario, or its file is malformed.</exception>
    Scenario Load(string nameOrPath);

    /// <summary>Runs a scenario.</summary>
    /// <param name="request">What to run, and how.</param>
    /// <returns>What happened.</returns>
    RunResult Execute(RunRequest request);
}
