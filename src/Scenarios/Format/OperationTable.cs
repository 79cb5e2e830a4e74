namespace Iopf.Scenarios.Format;

/// <summary>Every operation of the format. Reader, schema and documentation are driven by this table.</summary>
internal static partial class OperationTable
{
    /// <summary>The most bytes a step may move or touch.</summary>
    public const ulong LongestAccess = 1UL << 26;

    /// <summary>The most steps a scenario may have, repeats counted.</summary>
    public const ulong MostSteps = 1_000_000;

    /// <summary>The operations, family by family.</summary>
    public static IReadOnlyList<OperationSpec> All { get; } =
        [
            .. MemoryOperations(),
            .. VfioOperations(),
            .. MappingOperations(),
            .. DmaOperations(),
            .. NestedOperations(),
            .. ControlOperations(),
        ];

    /// <summary>The names of all operations.</summary>
    public static IEnumerable<string> Names => All.Select(operation => operation.Name);

    /// <summary>The operation of a name.</summary>
    /// <param name="name">The value of <c>op</c>.</param>
    /// <returns>The operation, or <see langword="null"/>.</returns>
    public static OperationSpec? Find(string name) => All.FirstOrDefault(operation => operation.Name == name);

    private static OperationField Process =>
        new("process", FieldKind.Process, "who calls") { IsRequired = true };

    private static OperationField Container =>
        new("container", FieldKind.Container, "the container") { IsRequired = true };

    private static OperationField Device =>
        new("device", FieldKind.Device, "the device") { IsRequired = true };

    private static OperationField AnyDevice =>
        new("device", FieldKind.AnyDevice, "the device whose vendor driver calls") { IsRequired = true };

    private static OperationField Group =>
        new("group", FieldKind.Group, "the IOMMU group") { IsRequired = true };

    private static OperationField Substream =>
        new("substream", FieldKind.Count, "the substream ID (PASID)") { Max = (1 << 20) - 1 };

    private static OperationField Iova =>
        new("iova", FieldKind.Address, "the first device address") { IsRequired = true };

    private static OperationField UserSize =>
        new("size", FieldKind.Address, "bytes; the kernel judges them") { IsRequired = true };

    private static OperationField Access =>
        new("access", FieldKind.Choice, "what is allowed") { Words = ["r", "w", "rw", "none"], Default = "rw" };

    private static OperationSpec Operation(
        string family, string name, string about, IReadOnlyList<OperationField> fields, string answers = "", string[]? reports = null) =>
        new(name, family, about, answers, fields, reports ?? []);
}
