using Iopf.ArmSmmuV3.Hardware;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>Programs an SMMU from scratch and enables it.</summary>
/// <remarks>Kernel: <c>arm_smmu_device_reset</c>, <c>arm_smmu_setup_irqs</c>.</remarks>
internal static class SmmuReset
{
    // Inner shareable, write-back inner and outer, for the tables (high half) and the queues (low half).
    private const ulong WriteBackEverywhere = 3UL << 10 | 1UL << 8 | 1UL << 6 | 3UL << 4 | 1UL << 2 | 1UL;

    private const ulong PrivateTlbMaintenance = 1UL << 2;
    private const ulong RecordInvalidStreams = 1UL << 1;

    /// <summary>Brings an SMMU up with what the driver allocated for it.</summary>
    /// <param name="smmu">The SMMU.</param>
    /// <param name="structures">Its queues and stream table.</param>
    internal static void Run(ArmSmmuDevice smmu, SmmuStructures structures)
    {
        SmmuHardware hardware = smmu.Hardware;
        hardware.WriteRegister(SmmuRegister.CR0, 0);
        hardware.WriteRegister(SmmuRegister.CR1, WriteBackEverywhere);
        hardware.WriteRegister(SmmuRegister.CR2, PrivateTlbMaintenance | RecordInvalidStreams);

        hardware.WriteRegister(SmmuRegister.STRTAB_BASE, structures.Streams.BaseRegister);
        hardware.WriteRegister(SmmuRegister.STRTAB_BASE_CFG, structures.Streams.ConfigurationRegister);

        hardware.WriteRegister(SmmuRegister.CMDQ_BASE, structures.CommandQueue.BaseRegister);
        hardware.WriteRegister(SmmuRegister.CMDQ_PROD, 0);
        hardware.WriteRegister(SmmuRegister.CMDQ_CONS, 0);
        SmmuControls enabled = SmmuControls.CommandQueue;
        hardware.WriteRegister(SmmuRegister.CR0, (ulong)enabled);

        // Whatever an earlier owner left cached must be gone before the first transaction is translated.
        smmu.Commands.Insert(SmmuCommand.CfgiAll());
        smmu.Commands.Sync();
        smmu.Commands.Insert(SmmuCommand.TlbiNsnhAll());
        smmu.Commands.Sync();

        hardware.WriteRegister(SmmuRegister.EVENTQ_BASE, structures.EventQueue.BaseRegister);
        hardware.WriteRegister(SmmuRegister.EVENTQ_PROD, 0);
        hardware.WriteRegister(SmmuRegister.EVENTQ_CONS, 0);
        enabled |= SmmuControls.EventQueue;
        hardware.WriteRegister(SmmuRegister.CR0, (ulong)enabled);

        hardware.WriteRegister(SmmuRegister.IRQ_CTRL, (ulong)SmmuInterrupts.None);
        hardware.EventInterrupt = smmu.Events.Interrupt;
        hardware.GlobalErrorInterrupt = smmu.HandleGlobalError;
        hardware.WriteRegister(SmmuRegister.IRQ_CTRL, (ulong)(SmmuInterrupts.EventQueue | SmmuInterrupts.GlobalError));

        enabled |= SmmuControls.Translation;
        hardware.WriteRegister(SmmuRegister.CR0, (ulong)enabled);
    }
}
