namespace Iopf.ArmSmmuV3.Driver;

/// <summary>The architecture's code for the width of a physical address.</summary>
/// <remarks>Specification: IDR5.OAS, CD.IPS, STE.S2PS.</remarks>
internal static class AddressSizeCode
{
    private static readonly int[] s_bits = [32, 36, 40, 42, 44, 48, 52];

    /// <summary>The code of a width.</summary>
    /// <param name="bits">One of the seven widths.</param>
    /// <returns>0 to 6.</returns>
    internal static int Of(int bits) => Array.IndexOf(s_bits, bits);

    /// <summary>The width a code stands for.</summary>
    /// <param name="code">0 to 7; codes without a meaning are read as the widest.</param>
    /// <returns>The width in bits.</returns>
    internal static int ToBits(int code) => s_bits[Math.Min(code, s_bits.Length - 1)];
}
