namespace Iopf.Density;

/// <summary>What happens to a guest at a moment of virtual time.</summary>
internal enum DensityEvent
{
    /// <summary>The guest is created.</summary>
    Start,

    /// <summary>Its CPU has computed, touches its working set, and wants to send.</summary>
    Compute,

    /// <summary>It begins a message.</summary>
    Send,

    /// <summary>The message reaches the accelerator.</summary>
    Arrive,

    /// <summary>The engine goes on with the message, from the start or after a fault.</summary>
    Run,

    /// <summary>The engine meets a page that the IOMMU does not translate.</summary>
    Fault,

    /// <summary>The engine is done.</summary>
    Transferred,

    /// <summary>The message is over.</summary>
    Over,

    /// <summary>The host looks through its pinned memory.</summary>
    Scan,
}
