using System.Diagnostics;
using Iopf.Benchmarks.Optimised;

namespace Iopf.Benchmarks.Against;

/// <summary>A process of one commit that measures rows when it is told to.</summary>
internal sealed class SideProcess(Process process) : IDisposable
{
    /// <summary>Has a row measured.</summary>
    /// <exception cref="NotMeasuredException">The process ended without a value.</exception>
    public double Measure(ListedRow row)
    {
        process.StandardInput.WriteLine(row.Key);
        process.StandardInput.Flush();
        return Read(row.Title);
    }

    /// <summary>Ends the process.</summary>
    /// <returns>How many methods it compiled, all of them optimised.</returns>
    /// <exception cref="NotMeasuredException">Not all of them were.</exception>
    public int End()
    {
        process.StandardInput.Close();
        int methods = (int)Read("what was compiled");
        process.WaitForExit();
        return methods;
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    private double Read(string what)
    {
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (Answer.In(line) is { } value)
            {
                return value;
            }
        }

        throw new NotMeasuredException($"a process ended before it answered: {what}");
    }
}
