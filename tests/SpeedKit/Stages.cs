namespace Iopf.SpeedKit;

/// <summary>Which stages translate.</summary>
public enum Stages
{
    /// <summary>Stage 1 alone.</summary>
    One,

    /// <summary>Stage 1 on top of stage 2, which translates every table of stage 1 as well.</summary>
    Two,

    /// <summary>The same for a substream, whose CD is one of many.</summary>
    Nested,
}
