using Iopf.Kernel;

namespace Iopf.Replay;

/// <summary>Turns the fields of one line into the operation it records.</summary>
internal sealed class RecordedOperationParser
{
    private const ulong LongestDma = 16 << 20;

    private int _iovaRanges;

    /// <summary>Reads one operation.</summary>
    /// <param name="line">Its line in the file.</param>
    /// <param name="fields">Its fields.</param>
    /// <returns>The operation.</returns>
    /// <exception cref="InputException">The operation is unknown, or a field is missing, unknown, or has another form.</exception>
    public RecordedOperation Parse(int line, RecordingFields fields)
    {
        string op = fields.Text("op");
        _iovaRanges = op == "iova_range" ? _iovaRanges : 0;
        RecordedOperation operation = InfoOperation(line, op, fields)
            ?? CallOperation(line, op, fields)
            ?? throw fields.Complaint("op", $"expected an operation of {RecordingHeader.Type1Recording}, found \"{op}\"");
        fields.ExpectNoOthers();
        return operation;
    }

    private RecordedOperation? InfoOperation(int line, string op, RecordingFields fields)
    {
        switch (op)
        {
            case "api_version":
                return new PlainCall(line, op, RecordedAnswer.OfValue(fields.Signed("value")));
            case "check_extension":
                int extension = (int)fields.Number("ext", int.MaxValue);
                return new CheckExtensionCall(line, op, extension, RecordedAnswer.OfValue(fields.Signed("value")));
            case "group_status":
                return new PlainCall(line, op, RecordedAnswer.OfFlags(fields.Number("flags")));
            case "get_info":
                return new PlainCall(line, op, RecordedAnswer.OfInfo(fields.Result(), fields.Number("flags"), fields.Number("pgsizes")));
            case "migration_cap":
                return new PlainCall(line, op, RecordedAnswer.OfMigration(fields.Number("pgsize"), fields.Number("max_bitmap")));
            case "dma_avail":
                return new PlainCall(line, op, RecordedAnswer.OfAvailable(fields.Signed("avail")));
            case "iova_range":
                RecordedAnswer range = RecordedAnswer.OfIovaRange(fields.Number("start"), fields.Number("end"));
                return new IovaRangeQuery(line, op, _iovaRanges++, range);
            default:
                return null;
        }
    }

    private static RecordedOperation? CallOperation(int line, string op, RecordingFields fields)
    {
        switch (op)
        {
            case "group_set_container" or "group_set_container_again" or "get_device_fd" or "ioctl_118" or "map_short_argsz":
                return new PlainCall(line, op, RecordedAnswer.OfResult(fields.Result()));
            case "set_iommu" or "set_iommu_before_group" or "set_iommu_again":
                return new SetIommuCall(line, op, (int)fields.Number("type", int.MaxValue), RecordedAnswer.OfResult(fields.Result()));
            case "map":
                return new MapCall(
                    line,
                    op,
                    fields.Number("iova"),
                    fields.Number("size"),
                    fields.Number("vaddr"),
                    (uint)fields.Number("flags", uint.MaxValue),
                    RecordedAnswer.OfResult(fields.Result()));
            case "unmap":
                return new UnmapCall(
                    line,
                    op,
                    fields.Number("iova"),
                    fields.Number("size"),
                    (uint)fields.Number("flags", uint.MaxValue),
                    RecordedAnswer.OfUnmap(fields.Result(), fields.Number("unmapped")));
            case "dirty":
                return new DirtyCall(
                    line,
                    op,
                    (uint)fields.Number("flags", uint.MaxValue),
                    fields.Number("iova"),
                    fields.Number("size"),
                    fields.Number("pgsize"),
                    RecordedAnswer.OfDirty(fields.Result(), fields.Signed("dirty_pages")));
            case "dma":
                return new DmaCall(
                    line,
                    op,
                    fields.Number("iova"),
                    (int)fields.Number("len", LongestDma),
                    IsWrite(fields),
                    DmaAnswer(fields));
            case "rlimit":
                return new MemoryLockLimit(line, op, fields.Number("memlock"), RecordedAnswer.Nothing);
            case "section":
                return new SectionMark(line, op, fields.Text("name"), RecordedAnswer.Nothing);
            default:
                return null;
        }
    }

    private static bool IsWrite(RecordingFields fields) => fields.Text("dir", "read", "write") == "write";

    private static RecordedAnswer DmaAnswer(RecordingFields fields)
    {
        string data = fields.Text("data", "read", "not-read", "written", "unchanged", "n/a");
        return RecordedAnswer.OfDma(data, fields.Signed("events"), fields.EventRecord());
    }
}
