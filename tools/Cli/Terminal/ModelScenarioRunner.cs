using Iopf.Kernel;
using Iopf.Scenarios;

namespace Iopf.Cli;

/// <summary>Scenarios and runs of the model itself.</summary>
internal sealed class ModelScenarioRunner : IScenarioRunner
{
    /// <inheritdoc/>
    public IReadOnlyList<ScenarioInfo> BuiltIn => ScenarioFile.BuiltIn;

    /// <inheritdoc/>
    public string Schema => ScenarioFile.Schema;

    /// <inheritdoc/>
    public string TextOf(string name)
    {
        if (BuiltIn.Any(scenario => scenario.Name == name)
            && typeof(ScenarioFile).Assembly.GetManifestResourceStream($"Iopf.Scenarios.BuiltIn.{name}.json") is Stream resource)
        {
            using StreamReader text = new(resource);
            return text.ReadToEnd();
        }

        string names = string.Join(", ", BuiltIn.Select(scenario => scenario.Name));
        throw new InputException($"--show {name}: there is no built-in scenario of that name; expected one of {names}");
    }

    /// <inheritdoc/>
    public Scenario Load(string nameOrPath) => ScenarioFile.Load(nameOrPath);

    /// <inheritdoc/>
    public RunResult Execute(RunRequest request) => ScenarioRun.Execute(request);
}
