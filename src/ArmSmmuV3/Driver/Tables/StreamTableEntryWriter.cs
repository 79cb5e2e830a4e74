using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>Writes the stream table entry that a master's domain asks for.</summary>
/// <remarks>Kernel: <c>arm_smmu_write_strtab_ent</c>.</remarks>
internal sealed class StreamTableEntryWriter(PhysicalMemory memory, IStage2Stall stage2Stall)
{
    private const ulong ShCfgIncoming = 1UL << 44;
    private const ulong S1WalkWriteBackInner = 1UL << 2 | 1UL << 4 | 3UL << 6;
    private const int TrafficWithoutSubstreamUsesDescriptor0 = 2;

    /// <summary>Writes one entry.</summary>
    /// <param name="smmu">The SMMU whose table it is.</param>
    /// <param name="master">Whose entry it is; <see langword="null"/> while the table is being set up and nothing is cached yet.</param>
    /// <param name="streamId">The stream; its entry has memory.</param>
    /// <exception cref="KernelOopsException">A translating entry is replaced by another one without an abort in between.</exception>
    internal void Write(ArmSmmuDevice smmu, ArmSmmuMaster? master, uint streamId)
    {
        ulong address = smmu.Streams.EntryAddress(streamId);
        StreamTableEntry present = StreamTableEntry.Read(memory, address);
        bool isLive = present.IsValid && present.Config is (StreamConfig.Stage1 or StreamConfig.Stage2 or StreamConfig.Nested);

        ArmSmmuDomain? domain = master?.Domain;
        if (domain is null || domain.Stage == TranslationStage.Bypass)
        {
            bool aborts = domain is null && smmu.Driver.DisableBypass;
            StreamTableEntry untranslated = new() { IsValid = true, Config = aborts ? StreamConfig.Abort : StreamConfig.Bypass };
            memory.WriteWord(address, untranslated.Word0);
            memory.WriteWord(address + 8, ShCfgIncoming);
            memory.WriteWord(address + 16, 0);
            if (master is not null)
            {
                Forget(smmu, streamId);
            }

            return;
        }

        if (isLive)
        {
            throw new KernelOopsException($"BUG: the entry of stream 0x{streamId:x} translates already", "arm_smmu_write_strtab_ent");
        }

        StreamTableEntry entry = Translating(master!, domain);
        memory.WriteWord(address + 8, entry.Word1);
        memory.WriteWord(address + 16, entry.Word2);
        memory.WriteWord(address + 24, entry.Word3);

        // The SMMU may read the words in any order: it has to see all others before the one that makes the entry valid.
        Forget(smmu, streamId);
        memory.WriteWord(address, entry.Word0);
        Forget(smmu, streamId);
        smmu.Commands.Insert(SmmuCommand.PrefetchConfig(streamId));
    }

    private StreamTableEntry Translating(ArmSmmuMaster master, ArmSmmuDomain domain)
    {
        StreamTableEntry entry = new() { IsValid = true };
        if (domain.Stage1 is { } stage1)
        {
            return WithStage1(entry, master, stage1.Table.Base, stage1.Table.Format, stage1.Table.SsidBits) with
            {
                Config = StreamConfig.Stage1,
            };
        }

        Stage2Context stage2 = domain.Stage2!;
        entry = entry with
        {
            Config = StreamConfig.Stage2,
            S2VMID = stage2.Vmid,
            S2Vtcr = stage2.Vtcr,
            S2AA64 = true,
            S2PTW = true,
            S2S = stage2Stall.StallsFor(master),
            S2R = true,
            S2TTB = stage2.TableRoot,
        };
        return master.GuestTables is { } guest
            ? WithStage1(entry, master, guest.ContextDescriptorTableIpa, format: 0, guest.PasidBits) with { Config = StreamConfig.Nested }
            : entry;
    }

    private static StreamTableEntry WithStage1(in StreamTableEntry entry, ArmSmmuMaster master, ulong table, int format, int ssidBits) =>
        entry with
        {
            S1ContextPtr = table,
            S1Fmt = format,
            S1CDMax = ssidBits,
            Word1 = S1WalkWriteBackInner,
            S1DSS = TrafficWithoutSubstreamUsesDescriptor0,
            S1STALLD = master.Smmu.Features.CanStall && !master.StallEnabled,
        };

    private static void Forget(ArmSmmuDevice smmu, uint streamId)
    {
        smmu.Commands.Insert(SmmuCommand.CfgiSte(streamId));
        smmu.Commands.Sync();
    }
}
