using Iopf.ArmSmmuV3.Hardware;
using Iopf.Iommu.Lpae;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>What the first attach gives a domain: its page table, and the descriptor or entry fields that lead the SMMU there.</summary>
/// <remarks>Kernel: <c>arm_smmu_domain_finalise_s1</c>, <c>arm_smmu_domain_finalise_s2</c>.</remarks>
/// <param name="PageTable">The page table.</param>
/// <param name="Stage1">The context descriptors, if the page table is a stage 1.</param>
/// <param name="Stage2">The fields of the stream table entry, if the page table is a stage 2.</param>
internal sealed record DomainTables(LpaePageTable PageTable, Stage1Context? Stage1, Stage2Context? Stage2)
{
    /// <summary>Builds the tables of the stage that the domain has settled on.</summary>
    /// <param name="domain">The domain; its stage, SMMU and stall mode are decided.</param>
    /// <param name="master">Its first master.</param>
    /// <returns>The tables; ENOMEM; ENOSPC without a free tag. On errors nothing is left behind.</returns>
    internal static Result<DomainTables> Build(ArmSmmuDomain domain, ArmSmmuMaster master)
    {
        bool isStage1 = domain.Stage == TranslationStage.Stage1;
        SmmuFeatures features = master.Smmu.Features;
        Result<LpaePageTable> created = LpaePageTable.Create(
            master.Smmu.Driver.Memory,
            domain,
            isStage1 ? LpaeStage.Stage1 : LpaeStage.Stage2,
            isStage1 ? ArmSmmuDomain.VirtualAddressBits : features.InputAddressBits,
            features.OutputAddressBits);
        if (!created.TryGet(out LpaePageTable? pageTable, out Errno error))
        {
            return error;
        }

        Result<DomainTables> tables = isStage1 ? BuildStage1(domain, master, pageTable) : BuildStage2(master, pageTable);
        if (!tables.IsSuccess)
        {
            pageTable.Free();
        }

        return tables;
    }

    /// <summary>Frees the tables and gives their tag back; the SMMU has forgotten them.</summary>
    /// <param name="driver">The driver.</param>
    /// <param name="smmu">The SMMU.</param>
    internal void Free(ArmSmmuDriver driver, ArmSmmuDevice smmu)
    {
        PageTable.Free();
        if (Stage1 is not null)
        {
            Stage1.Table.Free();
            driver.ReturnAsid(Stage1.Asid);
        }

        if (Stage2 is not null)
        {
            smmu.Vmids.Return(Stage2.Vmid);
        }
    }

    private static Result<DomainTables> BuildStage1(ArmSmmuDomain domain, ArmSmmuMaster master, LpaePageTable pageTable)
    {
        ArmSmmuDriver driver = master.Smmu.Driver;
        if (!driver.TakeAsid(master.Smmu).TryGet(out ushort asid, out Errno error))
        {
            return error;
        }

        if (!ContextTable.Allocate(driver.Memory, master.SsidBits, master.Smmu.Features.HasTwoLevelContextTables)
            .TryGet(out ContextTable? table, out error))
        {
            driver.ReturnAsid(asid);
            return error;
        }

        Stage1Context stage1 = new(driver.Memory, domain, table, asid);
        ContextDescriptor own = stage1.Describe(asid, pageTable.Root, ArmSmmuDomain.MemoryAttributes, isProcess: false);
        error = stage1.Write(ssid: 0, own);
        if (error != Errno.None)
        {
            table.Free();
            driver.ReturnAsid(asid);
            return error;
        }

        return new DomainTables(pageTable, stage1, Stage2: null);
    }

    private static Result<DomainTables> BuildStage2(ArmSmmuMaster master, LpaePageTable pageTable)
    {
        SmmuFeatures features = master.Smmu.Features;
        if (!master.Smmu.Vmids.Take((1u << features.VmidBits) - 1).TryGet(out uint vmid, out Errno error))
        {
            return error;
        }

        ulong vtcr = Stage2Context.VtcrFor(features.InputAddressBits, pageTable.StartLevel, features.OutputAddressBits);
        return new DomainTables(pageTable, Stage1: null, new Stage2Context((ushort)vmid, vtcr, pageTable.Root));
    }
}
