using Iopf.Patches;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Iopf.Settings;

/// <summary>Reads <see cref="IopfOptions"/> from configuration, and refuses what is not a patch spec with one clear line.</summary>
/// <param name="configuration">The merged configuration.</param>
internal sealed class IopfOptionsSetup(IConfiguration configuration) : IConfigureOptions<IopfOptions>, IValidateOptions<IopfOptions>
{
    /// <inheritdoc/>
    public void Configure(IopfOptions options)
    {
        if (configuration[IopfSettings.PatchesKey] is not string spec)
        {
            return;
        }

        if (PatchSpec.TryParse(spec, out PatchSet patches, out string? complaint))
        {
            options.Patches = patches;
        }
        else
        {
            options.Complaint = $"{IopfSettings.PatchesKey}: {complaint}";
        }
    }

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, IopfOptions options) =>
        options.Complaint is null ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(options.Complaint);
}
