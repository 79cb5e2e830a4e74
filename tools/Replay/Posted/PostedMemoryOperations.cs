using Iopf.Kernel;
using Iopf.Mm;

namespace Iopf.Replay.Posted;

/// <summary>What the recorder's process and mm do to its memory.</summary>
internal sealed class PostedMemoryOperations(RecordedMemory memory)
{
    /// <summary>Performs one operation.</summary>
    /// <param name="op">Its name.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="space">Whose memory it changes.</param>
    public void Perform(string op, RecordingFields inputs, RecordedAddressSpace space)
    {
        switch (op)
        {
            case "exit_mm":
                space.Leave();
                return;
            case "fork":
                Invalidate(inputs, space, (page, there) => there.Frame is null || there.IsDeviceMemory ? there : there with { IsCow = true });
                return;
            case "invalidate":
                string kind = inputs.Text("kind", "munmap", "madvise", "migrate", "protect");
                Invalidate(inputs, space, (page, there) => After(kind, there));
                return;
        }

        ulong first = inputs.Number("start") >> Page.Shift;
        ulong count = inputs.Number("n", 1 << 20);
        MemoryAccess access = op == "mmap" ? RecordedText.AccessIn(inputs) : MemoryAccess.None;
        ulong? frame = inputs.Has("pfn") ? inputs.Number("pfn") : null;
        bool isDevice = RecordedText.Number(inputs, "pfnmap", 0) != 0;
        bool fails = RecordedText.Number(inputs, "on", 1) != 0;
        for (ulong i = 0; i < count; i++)
        {
            ulong page = first + i;
            if (op == "mmap")
            {
                space.Pages[page] = new RecordedPage(access, frame + i) { IsDeviceMemory = isDevice };
                if (isDevice)
                {
                    memory.Reserve(frame!.Value + i);
                }
            }
            else if (op == "touch")
            {
                space.Touch(page);
            }
            else if (space.Pages.TryGetValue(page, out RecordedPage? there))
            {
                space.Pages[page] = there with { Fails = fails };
            }
        }
    }

    private static void Invalidate(RecordingFields inputs, RecordedAddressSpace space, Func<ulong, RecordedPage, RecordedPage?> change)
    {
        ulong start = inputs.Number("start");
        ulong end = inputs.Number("end");
        space.Invalidate(new UserRange(new UserAddress(start), new UserAddress(end - 1)));
        foreach (ulong page in space.Pages.Keys.Where(page => page >= start >> Page.Shift && page <= (end - 1) >> Page.Shift).ToArray())
        {
            if (change(page, space.Pages[page]) is { } changed)
            {
                space.Pages[page] = changed;
            }
            else
            {
                space.Pages.Remove(page);
            }
        }
    }

    private RecordedPage? After(string kind, RecordedPage there)
    {
        switch (kind)
        {
            case "munmap":
                return null;
            case "madvise":
                return there.IsDeviceMemory ? there : there with { Frame = null, IsCow = false };
            case "migrate":
                bool moves = there is { Frame: { } frame, IsDeviceMemory: false } && !memory.PinCounts.ContainsKey(frame);
                return moves ? there with { Frame = memory.Take() } : there;
            default:
                return there;
        }
    }
}
