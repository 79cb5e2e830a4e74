using Iopf.Iommu;
using Iopf.Kernel;

namespace Iopf.ArmSmmuV3.Driver;

/// <summary>Switches page faults and address space sharing on and off for a master.</summary>
/// <remarks>Kernel: <c>arm_smmu_dev_enable_feature</c>, <c>arm_smmu_dev_disable_feature</c>, <c>arm_smmu_master_enable_sva</c>.</remarks>
internal sealed class MasterFeatures(DeviceFaultHandlers handlers, SvaBonds bonds)
{
    /// <summary>Switches a feature on.</summary>
    /// <param name="device">The device.</param>
    /// <param name="feature">The feature.</param>
    /// <returns>None; ENODEV when unsupported; EBUSY when on already; for SVA EINVAL without page faults, or the core's error.</returns>
    internal Errno Enable(Device device, IommuFeature feature)
    {
        if (ArmSmmuMaster.Of(device) is not { } master || !IsSupported(master, feature))
        {
            return Errno.ENODEV;
        }

        if (IsEnabled(device, feature))
        {
            return Errno.EBUSY;
        }

        if (feature == IommuFeature.Iopf)
        {
            master.IopfEnabled = true;
            return Errno.None;
        }

        return EnableSva(master);
    }

    /// <summary>Switches a feature off.</summary>
    /// <param name="device">The device.</param>
    /// <param name="feature">The feature.</param>
    /// <returns>None; EINVAL when it is off; EBUSY for page faults under SVA, and for SVA with bonds.</returns>
    internal Errno Disable(Device device, IommuFeature feature)
    {
        if (!IsEnabled(device, feature))
        {
            return Errno.EINVAL;
        }

        ArmSmmuMaster master = ArmSmmuMaster.Of(device)!;
        if (feature == IommuFeature.Sva)
        {
            return DisableSva(master);
        }

        if (master.SvaEnabled)
        {
            return Errno.EBUSY;
        }

        master.IopfEnabled = false;
        return Errno.None;
    }

    /// <summary>Whether a feature is on.</summary>
    /// <param name="device">The device.</param>
    /// <param name="feature">The feature.</param>
    /// <returns>Whether it was switched on and not off again.</returns>
    internal static bool IsEnabled(Device device, IommuFeature feature) => ArmSmmuMaster.Of(device) is { } master && feature switch
    {
        IommuFeature.Iopf => master.IopfEnabled,
        IommuFeature.Sva => master.SvaEnabled,
        _ => false,
    };

    private static bool IsSupported(ArmSmmuMaster master, IommuFeature feature) => feature switch
    {
        IommuFeature.Iopf => master.IsIopfSupported,
        IommuFeature.Sva => master.IsSvaSupported,
        _ => false,
    };

    private Errno EnableSva(ArmSmmuMaster master)
    {
        using (bonds.Lock.Hold())
        {
            Errno error = EnableSvaFaults(master);
            if (error == Errno.None)
            {
                master.SvaEnabled = true;
            }

            return error;
        }
    }

    /// <remarks>Kernel: <c>arm_smmu_master_sva_enable_iopf</c>.</remarks>
    private Errno EnableSvaFaults(ArmSmmuMaster master)
    {
        // A device that cannot stall is expected to have a fault mechanism of its own.
        if (!master.IsIopfSupported)
        {
            return Errno.None;
        }

        if (!master.IopfEnabled)
        {
            return Errno.EINVAL;
        }

        Errno error = master.Smmu.Faults.Add(master.Device);
        if (error != Errno.None)
        {
            return error;
        }

        error = handlers.Register(master.Device, master.Smmu.FaultQueue, FaultReportCapabilities.Flat);
        if (error != Errno.None)
        {
            _ = master.Smmu.Faults.Remove(master.Device);
        }

        return error;
    }

    private Errno DisableSva(ArmSmmuMaster master)
    {
        using (bonds.Lock.Hold())
        {
            if (master.Bonds.Count > 0)
            {
                return Errno.EBUSY;
            }

            if (master.IopfEnabled)
            {
                _ = handlers.Unregister(master.Device);
                _ = master.Smmu.Faults.Remove(master.Device);
            }

            master.SvaEnabled = false;
            return Errno.None;
        }
    }
}
