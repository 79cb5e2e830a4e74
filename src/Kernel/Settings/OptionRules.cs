using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace Iopf.Kernel;

/// <summary>Refuses option values that are not allowed, in one line each.</summary>
/// <typeparam name="T">The option class.</typeparam>
internal sealed class OptionRules<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] T> : IValidateOptions<T>
    where T : class, new()
{
    private static readonly IReadOnlyList<SettableOption> Settable = SettableOption.Of<T>();

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, T options)
    {
        List<string> refused = [.. Settable.Select(option => option.RefusalOf(options)).OfType<string>()];
        return refused.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(refused);
    }
}
