namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>The geometry of one set of page tables: what a walk has to know before it starts.</summary>
/// <remarks>4 KiB granule: 9 bits per level, levels 0 to 3. Filled in when a configuration is read, then reused.</remarks>
internal sealed class TranslationTables
{
    /// <summary>The widths that IPS, S2PS and IDR5.OAS encode.</summary>
    private static ReadOnlySpan<byte> OutputWidths => [32, 36, 40, 42, 44, 48];

    /// <summary>Whether these are stage-2 tables.</summary>
    public bool IsStage2 { get; private set; }

    /// <summary>Physical address of the first table; an IPA if another stage lies below.</summary>
    public ulong Root { get; private set; }

    /// <summary>Where the index bits of the first level start in an address.</summary>
    public int StartShift { get; private set; }

    /// <summary>How many input address bits are translated.</summary>
    public int InputBits { get; private set; }

    /// <summary>The index bits of the first level; more than nine if tables are concatenated.</summary>
    public ulong StartIndexMask { get; private set; }

    /// <summary>The address bits no descriptor may set.</summary>
    public ulong OutputExcess { get; private set; }

    /// <summary>Whether a clear access flag is a fault.</summary>
    public bool AccessFlagFaults { get; private set; }

    /// <summary>Whether stage 1 may keep its tables in device memory (S2PTW clear).</summary>
    public bool TablesMayBeDevice { get; private set; }

    /// <summary>CD.WXN: whether nobody executes what it may write.</summary>
    public bool WritableIsNeverExecutable { get; private set; }

    /// <summary>CD.PAN: whether privileged accesses to data stay out of unprivileged pages.</summary>
    public bool PrivilegedAccessNever { get; private set; }

    /// <summary>The code for a width, as IDR5.OAS, IPS and S2PS hold it.</summary>
    public static int CodeOf(int bits)
    {
        int code = OutputWidths.IndexOf((byte)bits);
        return code >= 0 ? code : throw new ArgumentOutOfRangeException(nameof(bits), bits, "widths are 32, 36, 40, 42, 44 or 48 bits");
    }

    /// <summary>Describes one half of a CD's tables.</summary>
    /// <param name="cd">The CD.</param>
    /// <param name="root">TTB0 or TTB1.</param>
    /// <param name="tsz">T0SZ or T1SZ.</param>
    /// <param name="outputBits">The width of a physical address.</param>
    /// <returns>Whether the values are legal.</returns>
    public bool SetStage1(in ContextDescriptor cd, ulong root, int tsz, int outputBits)
    {
        if (tsz is < 16 or > 39)
        {
            return false;
        }
        int inputBits = 64 - tsz;
        int startShift = 12 + (9 * ((inputBits - 13) / 9));
        WritableIsNeverExecutable = cd.WXN;
        PrivilegedAccessNever = cd.PAN;
        return Set(root, inputBits, startShift, cd.IPS, cd.AFFD, outputBits, isStage2: false);
    }

    /// <summary>Describes an STE's tables.</summary>
    /// <returns>Whether the values are legal.</returns>
    public bool SetStage2(in StreamTableEntry ste, int inputBitsMax, int outputBits)
    {
        int inputBits = 64 - ste.S2T0SZ;
        int startShift = 21 + (9 * ste.S2SL0);
        int startIndexBits = inputBits - startShift;
        if (inputBits > inputBitsMax || ste.S2T0SZ > 39 || ste.S2SL0 > 2 || startIndexBits is < 1 or > 13)
        {
            return false;
        }
        TablesMayBeDevice = !ste.S2PTW;
        return Set(ste.S2TTB, inputBits, startShift, ste.S2PS, ste.S2AFFD, outputBits, isStage2: true);
    }

    private bool Set(ulong root, int inputBits, int startShift, int widthCode, bool affd, int outputBits, bool isStage2)
    {
        int width = widthCode < OutputWidths.Length ? Math.Min(OutputWidths[widthCode], outputBits) : outputBits;
        IsStage2 = isStage2;
        InputBits = inputBits;
        StartShift = startShift;
        StartIndexMask = (1UL << (inputBits - startShift)) - 1;
        Root = root & ~((StartIndexMask << 3) | 7);
        OutputExcess = ulong.MaxValue << width;
        AccessFlagFaults = !affd;
        return (root & OutputExcess) == 0;
    }
}
