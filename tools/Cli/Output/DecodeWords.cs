using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu;

namespace Iopf.Cli.Output;

/// <summary>How decoded values are spelled.</summary>
internal static class DecodeWords
{
    /// <summary>An address or an identifier.</summary>
    public static string Hex(ulong value) => $"0x{value:x}";

    /// <summary>A word of a record.</summary>
    public static string Of(ulong word) => $"0x{word:x16}";

    /// <summary>The words of a record.</summary>
    public static IEnumerable<string> Of(EventRecord record) => [Of(record.Word0), Of(record.Word1), Of(record.Word2), Of(record.Word3)];

    /// <summary>The specification's abbreviation of a class.</summary>
    public static string? ClassOf(FaultClass? faultClass) => faultClass switch
    {
        null => null,
        FaultClass.ContextDescriptor => "CD",
        FaultClass.TranslationTable => "TT",
        FaultClass.InputAddress => "IN",
        _ => "reserved",
    };

    /// <summary>The permissions a fault asks for.</summary>
    public static IEnumerable<string> PermissionsOf(FaultPermissions permissions) =>
        new[] { FaultPermissions.Read, FaultPermissions.Write, FaultPermissions.Execute, FaultPermissions.Privileged }
            .Where(permission => (permissions & permission) != 0)
            .Select(permission => permission.ToString().ToLowerInvariant());
}
