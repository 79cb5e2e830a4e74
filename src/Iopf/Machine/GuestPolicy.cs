namespace Iopf.Machine;

/// <summary>What a guest does with a stage-1 fault as soon as it arrives.</summary>
public enum GuestPolicy
{
    /// <summary>Nothing yet: the answer is given later.</summary>
    Wait,

    /// <summary>It maps the page and answers success.</summary>
    Map,

    /// <summary>It answers invalid.</summary>
    Invalid,

    /// <summary>It answers failure.</summary>
    Failure,
}
