namespace Iopf.Scenarios.Steps;

/// <summary>Executes one step.</summary>
/// <param name="step">The step.</param>
/// <returns>What it came to.</returns>
internal delegate StepOutcome StepAction(ScenarioStep step);
