using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>Prints an SMMU's state as somebody with a debugger would find it: its registers, and its structures in memory.</summary>
/// <param name="smmu">The SMMU.</param>
/// <param name="memory">Where its structures are.</param>
public sealed class SmmuDump(SmmuHardware smmu, PhysicalMemory memory)
{
    private const ulong QueueAddress = 0x000f_ffff_ffff_ffe0;
    private const int QueueEntriesShown = 8;

    /// <summary>Prints one part.</summary>
    /// <param name="part">Which.</param>
    /// <param name="streams">The streams it is about, by device name.</param>
    /// <returns>The lines.</returns>
    public IEnumerable<string> Lines(SmmuDumpPart part, IReadOnlyList<KeyValuePair<string, uint>> streams) => part switch
    {
        SmmuDumpPart.Ste => streams.SelectMany(stream => Ste(stream.Key, stream.Value)),
        SmmuDumpPart.Cd => streams.SelectMany(stream => Cd(stream.Key, stream.Value)),
        SmmuDumpPart.Tables => streams.SelectMany(stream => Tables(stream.Key, stream.Value)),
        SmmuDumpPart.Tlb => Tlb(),
        _ => Queues(),
    };

    /// <summary>Reads the translation tables of a stream.</summary>
    /// <param name="device">Whose stream it is.</param>
    /// <param name="streamId">The stream.</param>
    /// <returns>The tables; without any if nothing translates.</returns>
    public StreamTables TablesOf(string device, uint streamId)
    {
        if (Find(streamId, out _) is not { IsValid: true } ste || ste.Config < StreamConfig.Stage1)
        {
            return new StreamTables(device, streamId, 0, 0, [], []);
        }

        bool isStage1 = ste.Config == StreamConfig.Stage1;
        ContextDescriptor cd = isStage1 ? ContextDescriptor.Read(memory, ste.S1ContextPtr) : default;
        int inputBits = 64 - (isStage1 ? cd.T0SZ : ste.S2T0SZ);
        TableReader reader = new(memory, isStage1);
        reader.Read(isStage1 ? cd.TTB0 : ste.S2TTB, isStage1 ? 3 - ((inputBits - 13) / 9) : 2 - ste.S2SL0, inputBits);
        return new StreamTables(device, streamId, isStage1 ? 1 : 2, inputBits, reader.Tables, reader.Leaves);
    }

    private static string Words(params ReadOnlySpan<ulong> words)
    {
        List<string> texts = [];
        foreach (ulong word in words)
        {
            texts.Add($"0x{word:x16}");
        }

        return string.Join(' ', texts);
    }

    private static string Flags(params ReadOnlySpan<(string Name, bool IsSet)> flags)
    {
        List<string> set = [];
        foreach ((string name, bool isSet) in flags)
        {
            if (isSet)
            {
                set.Add(name);
            }
        }

        return string.Join(' ', set);
    }

    private StreamTableEntry? Find(uint streamId, out ulong address)
    {
        TranslationFault fault = default;
        return smmu.StreamTable.Locate(streamId, out address, ref fault) ? StreamTableEntry.Read(memory, address) : null;
    }

    private IEnumerable<string> Ste(string device, uint streamId)
    {
        if (Find(streamId, out ulong address) is not { } ste)
        {
            yield return $"{smmu.Name} {device} sid 0x{streamId:x}: no STE";
            yield break;
        }

        yield return $"{smmu.Name} {device} sid 0x{streamId:x}: STE at 0x{address:x}: {Words(ste.Word0, ste.Word1, ste.Word2, ste.Word3)}";
        yield return $"    V={(ste.IsValid ? 1 : 0)} Config={(int)ste.Config} ({ste.Config}) S1ContextPtr=0x{ste.S1ContextPtr:x} S1CDMax={ste.S1CDMax} S1DSS={ste.S1DSS} "
            + $"S2VMID={ste.S2VMID} S2T0SZ={ste.S2T0SZ} S2TTB=0x{ste.S2TTB:x} "
            + Flags(("S1STALLD", ste.S1STALLD), ("S2S", ste.S2S), ("S2R", ste.S2R), ("S2PTW", ste.S2PTW));
    }

    private IEnumerable<string> Cd(string device, uint streamId)
    {
        if (Find(streamId, out _) is not { IsValid: true, Config: StreamConfig.Stage1 or StreamConfig.Nested } ste)
        {
            yield return $"{smmu.Name} {device} sid 0x{streamId:x}: no CD, stage 1 is not used";
            yield break;
        }

        if (ste.Config == StreamConfig.Nested)
        {
            yield return $"{smmu.Name} {device} sid 0x{streamId:x}: the CD is the guest's, at IPA 0x{ste.S1ContextPtr:x}";
            yield break;
        }

        ContextDescriptor cd = ContextDescriptor.Read(memory, ste.S1ContextPtr);
        yield return $"{smmu.Name} {device} sid 0x{streamId:x}: CD at 0x{ste.S1ContextPtr:x}: {Words(cd.Word0, cd.Word1, cd.Word2, cd.Word3)}";
        yield return $"    V={(cd.IsValid ? 1 : 0)} ASID={cd.ASID} T0SZ={cd.T0SZ} TTB0=0x{cd.TTB0:x} IPS={cd.IPS} MAIR=0x{cd.MAIR:x} "
            + Flags(("S", cd.S), ("R", cd.R), ("A", cd.A), ("EPD0", cd.EPD0), ("EPD1", cd.EPD1));
    }

    private IEnumerable<string> Tables(string device, uint streamId)
    {
        StreamTables tables = TablesOf(device, streamId);
        string title = $"{smmu.Name} {device} sid 0x{streamId:x}: ";
        return tables.Stage == 0
            ? [title + "no translation tables"]
            : TableReader.Lines(tables.Leaves).Prepend(
                title + $"stage {tables.Stage} at 0x{tables.Tables[0].Address:x}, {tables.InputBits} bits from level {tables.Tables[0].Level}");
    }

    private IEnumerable<string> Tlb()
    {
        yield return $"{smmu.Name} TLB: {smmu.TlbHits} hits, {smmu.TlbMisses} misses, {smmu.TlbInvalidations} invalidations";
        foreach (TlbEntry entry in smmu.Tlb.Entries.OrderBy(entry => entry.Tag).ThenBy(entry => entry.InputAndSize))
        {
            ulong input = entry.InputAndSize >> entry.SizeLog2 << entry.SizeLog2;
            yield return $"    stages {entry.Tag >> 32} vmid {(ushort)(entry.Tag >> 16)} asid {(ushort)entry.Tag}: 0x{input:x} -> "
                + $"0x{entry.PhysicalAddressOf(input):x} size 0x{1UL << entry.SizeLog2:x} {entry.Rights}";
        }
    }

    private IEnumerable<string> Queues()
    {
        foreach (string line in Queue("CMDQ", SmmuRegister.CMDQ_BASE, SmmuRegister.CMDQ_PROD, SmmuRegister.CMDQ_CONS, SmmuCommand.SizeBytes, CommandAt))
        {
            yield return line;
        }

        foreach (string line in Queue("EVENTQ", SmmuRegister.EVENTQ_BASE, SmmuRegister.EVENTQ_PROD, SmmuRegister.EVENTQ_CONS, EventRecord.SizeBytes, EventAt))
        {
            yield return line;
        }
    }

    /// <summary>The last entries written before PROD, oldest first.</summary>
    private IEnumerable<string> Queue(
        string name, SmmuRegister baseRegister, SmmuRegister prodRegister, SmmuRegister consRegister, int entrySize, Func<ulong, string> read)
    {
        ulong @base = smmu.ReadRegister(baseRegister);
        ulong size = 1UL << (int)(@base & 0x1f);
        ulong prod = smmu.ReadRegister(prodRegister);
        yield return $"{smmu.Name} {name} at 0x{@base & QueueAddress:x}, {size} entries, PROD 0x{prod:x}, CONS 0x{smmu.ReadRegister(consRegister):x}";
        ulong written = prod & ((2 * size) - 1);
        for (ulong back = Math.Min(QueueEntriesShown, written); back > 0; back--)
        {
            ulong index = (written - back) & (size - 1);
            yield return $"    [{index}] {read((@base & QueueAddress) + (index * (ulong)entrySize))}";
        }
    }

    private string CommandAt(ulong address)
    {
        SmmuCommand command = new(memory.ReadWord(address), memory.ReadWord(address + 8));
        return $"{Words(command.Word0, command.Word1)} {command}";
    }

    private string EventAt(ulong address)
    {
        EventRecord record = new(
            memory.ReadWord(address), memory.ReadWord(address + 8), memory.ReadWord(address + 16), memory.ReadWord(address + 24));
        string stall = record.IsStall ? $" stalled, STAG 0x{record.StallTag:x}" : "";
        return $"{Words(record.Word0, record.Word1, record.Word2, record.Word3)} {record.Type} sid 0x{record.StreamId:x} at 0x{record.InputAddress:x}{stall}";
    }
}
