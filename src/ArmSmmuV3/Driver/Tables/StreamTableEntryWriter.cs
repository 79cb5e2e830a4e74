using Iopf.ArmSmmuV3.Hardware;
using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>Writes the stream table entry that a master's domain asks for.</summary>
/// <remarks>Kernel: <c>arm_smmu_write_strtab_ent</c>. Specification: stream table entry.</remarks>
internal sealed class StreamTableEntryWriter(PhysicalMemory memory, IStage2Stall stage2Stall)
{
    private const ulong Valid = 1;
    private const ulong ConfigAbort = 0UL << 1;
    private const ulong ConfigBypass = 4UL << 1;
    private const ulong ConfigStage1 = 5UL << 1;
    private const ulong ConfigStage2 = 6UL << 1;
    private const ulong ConfigMask = 7UL << 1;
    private const ulong ConfigTranslates = 3UL << 1;

    private const ulong S1DssSubstream0 = 2;
    private const ulong S1WalkWriteBackInner = 1UL << 2 | 1UL << 4 | 3UL << 6;
    private const ulong S1Stalld = 1UL << 27;
    private const ulong ShCfgIncoming = 1UL << 44;

    private const ulong S2Aa64 = 1UL << 51;
    private const ulong S2Ptw = 1UL << 54;
    private const ulong S2S = 1UL << 57;
    private const ulong S2R = 1UL << 58;

    /// <summary>Writes one entry.</summary>
    /// <param name="smmu">The SMMU whose table it is.</param>
    /// <param name="master">Whose entry it is; <see langword="null"/> while the table is being set up and nothing is cached yet.</param>
    /// <param name="streamId">The stream; its entry has memory.</param>
    /// <exception cref="KernelOopsException">A translating entry is replaced by another one without an abort in between.</exception>
    internal void Write(ArmSmmuDevice smmu, ArmSmmuMaster? master, uint streamId)
    {
        ulong entry = smmu.Streams.EntryAddress(streamId);
        ulong present = memory.ReadWord(entry);
        bool isLive = (present & Valid) != 0 && (present & ConfigTranslates) != 0;

        ArmSmmuDomain? domain = master?.Domain;
        if (domain is null || domain.Stage == TranslationStage.Bypass)
        {
            bool aborts = domain is null && smmu.Driver.DisableBypass;
            memory.WriteWord(entry, Valid | (aborts ? ConfigAbort : ConfigBypass));
            memory.WriteWord(entry + 8, ShCfgIncoming);
            memory.WriteWord(entry + 16, 0);
            if (master is not null)
            {
                Forget(smmu, streamId);
            }

            return;
        }

        if (isLive)
        {
            throw new KernelOopsException("arm_smmu_write_strtab_ent", $"stream 0x{streamId:x} already translates");
        }

        WriteTranslating(smmu, master!, domain, entry, streamId);
    }

    private void WriteTranslating(ArmSmmuDevice smmu, ArmSmmuMaster master, ArmSmmuDomain domain, ulong entry, uint streamId)
    {
        ulong word0 = Valid;
        ulong word1 = 0;
        if (domain.Stage1 is { } stage1)
        {
            word0 |= ConfigStage1 | stage1.Table.Base | stage1.Table.Format << 4 | (ulong)stage1.Table.SsidBits << 59;
            word1 |= Stage1Attributes(smmu, master);
        }
        else if (master.GuestTables is { } guest)
        {
            word0 |= ConfigStage1 | guest.ContextDescriptorTableIpa | (ulong)guest.PasidBits << 59;
            word1 |= Stage1Attributes(smmu, master);
        }

        if (domain.Stage2 is { } stage2)
        {
            word0 |= ConfigStage2;
            ulong word2 = stage2.Vmid | stage2.Vtcr << 32 | S2Aa64 | S2Ptw | S2R;
            memory.WriteWord(entry + 16, stage2Stall.StallsFor(master) ? word2 | S2S : word2);
            memory.WriteWord(entry + 24, stage2.TableRoot);
        }

        memory.WriteWord(entry + 8, word1);

        // The SMMU may read the words in any order: it has to see all others before the one that makes the entry valid.
        Forget(smmu, streamId);
        memory.WriteWord(entry, word0);
        Forget(smmu, streamId);
        smmu.Commands.Insert(SmmuCommand.PrefetchConfig(streamId));
    }

    private static ulong Stage1Attributes(ArmSmmuDevice smmu, ArmSmmuMaster master)
    {
        ulong word1 = S1DssSubstream0 | S1WalkWriteBackInner;
        return smmu.Features.CanStall && !master.StallEnabled ? word1 | S1Stalld : word1;
    }

    private static void Forget(ArmSmmuDevice smmu, uint streamId)
    {
        smmu.Commands.Insert(SmmuCommand.CfgiSte(streamId));
        smmu.Commands.Sync();
    }
}
