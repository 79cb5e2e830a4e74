namespace Iopf.Scenarios.Format;

/// <summary>What the value of a scenario field may be.</summary>
internal enum FieldKind
{
    /// <summary>A process of the machine, or one that an earlier step forked.</summary>
    Process,

    /// <summary>The name a step gives to a new process.</summary>
    NewProcess,

    /// <summary>A device behind an SMMU.</summary>
    Device,

    /// <summary>A device behind an SMMU, or a mediated device.</summary>
    AnyDevice,

    /// <summary>The number of an IOMMU group.</summary>
    Group,

    /// <summary>A container that an earlier step opened.</summary>
    Container,

    /// <summary>The name a step gives to a container.</summary>
    NewContainer,

    /// <summary>Any 64-bit number: what it is worth is for the kernel or the hardware to say.</summary>
    Address,

    /// <summary>An address of a process, below 2^48.</summary>
    UserAddress,

    /// <summary>A page-aligned address of a process, below 2^48.</summary>
    UserPage,

    /// <summary>A length in bytes that is a positive multiple of the page size.</summary>
    WholePages,

    /// <summary>A number between the field's bounds.</summary>
    Count,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>One of the field's words.</summary>
    Choice,

    /// <summary>A list of some of the field's words.</summary>
    Choices,

    /// <summary>Bytes in hexadecimal digits.</summary>
    Data,

    /// <summary>A list of 64-bit numbers.</summary>
    Addresses,

    /// <summary>A list of numbers between the field's bounds.</summary>
    Counts,

    /// <summary>A list of steps.</summary>
    Steps,

    /// <summary>Threads: names with a list of steps each.</summary>
    Threads,

    /// <summary>A list of texts.</summary>
    Texts,
}
