using System.ComponentModel.DataAnnotations;

namespace Iopf.VfioType1;

/// <summary>The type1 module's parameters, and what its host offers.</summary>
public sealed class Type1Options
{
    /// <summary>The configuration section these options are bound to.</summary>
    public const string Section = "Type1";

    /// <summary>How many mappings a container may have; read when it is opened.</summary>
    /// <value>1 to 2^31-1. The default is 65,535.</value>
    /// <remarks>Kernel: <c>dma_entry_limit</c>.</remarks>
    [Range(1, int.MaxValue)]
    public int EntryLimit { get; set; } = 65_535;

    /// <summary>Whether every page is pinned and mapped on its own.</summary>
    /// <value>The default is false.</value>
    /// <remarks>Kernel: <c>disable_hugepages</c>.</remarks>
    public bool DisableHugepages { get; set; }

    /// <summary>Whether devices may be assigned although their interrupts are not isolated.</summary>
    /// <value>The default is false.</value>
    /// <remarks>Kernel: <c>allow_unsafe_interrupts</c>.</remarks>
    public bool AllowUnsafeInterrupts { get; set; }

    /// <summary>Whether the host's MSI controller isolates the interrupts of devices.</summary>
    /// <value>The default is true, as with a GIC ITS.</value>
    /// <remarks>Kernel: <c>irq_domain_check_msi_remap</c>.</remarks>
    public bool HasIsolatedInterrupts { get; set; } = true;

    /// <summary>Whether <c>VFIO_UPDATE_VADDR</c> is offered only by a container that has a backend.</summary>
    /// <value>The default is false, as in Linux 5.12; true is Linux 6.1, which must look at the groups first.</value>
    public bool UpdateVaddrNeedsContainer { get; set; }
}
