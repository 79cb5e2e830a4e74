using System.Globalization;
using Iopf.Kernel;

namespace Iopf.Scenarios.Tests.Properties.Laws;

/// <summary>Makes up steps of a scenario, as JSON, that stay inside one window of memory and one window of iovas.</summary>
internal sealed class LawSteps(Random random, string device, ulong vaddr, ulong iova)
{
    public const ulong Pages = 16;

    /// <summary>As much of what is read as a step shows.</summary>
    public const int Shown = 64;

    /// <summary>What mappings may grant.</summary>
    /// <remarks>
    /// Not write-only: a descriptor of stage 1 cannot say it, so a read is refused when it faults and granted where a write entered the page.
    /// </remarks>
    public string[] Access { get; init; } = ["r", "rw", "rw", "rw"];

    /// <summary>The memory of the window, with a byte of its own on every page.</summary>
    public IEnumerable<string> Memory()
    {
        yield return $$"""{"op":"mmap","process":"vmm","addr":"0x{{vaddr:x}}","size":"0x{{Pages * Page.Size:x}}"}""";
        for (ulong page = 0; page < Pages; page += 2)
        {
            yield return $$"""{"op":"cpu_write","process":"vmm","addr":"0x{{Vaddr(page):x}}","data":"{{0x10 + page:x2}}","len":4096}""";
        }
    }

    public string Map()
    {
        (ulong first, ulong count) = SomePages();
        return Map(first, count, first, Pick(Access));
    }

    public string Map(ulong page, ulong count, ulong vaddrPage, string access) =>
        $$"""{"op":"map_dma","process":"vmm","iova":"0x{{Iova(page):x}}","size":"0x{{count * Page.Size:x}}","vaddr":"0x{{Vaddr(vaddrPage):x}}","access":"{{access}}"}""";

    public string Unmap() => Unmap(0, Pages);

    public string Unmap(ulong page, ulong count) => $$"""{"op":"unmap_dma","process":"vmm","iova":"0x{{Iova(page):x}}","size":"0x{{count * Page.Size:x}}"}""";

    /// <summary>A DMA of up to three pages.</summary>
    public string Dma()
    {
        ulong offset = (ulong)random.Next((int)((Pages - 3) * Page.Size));
        return Dma(offset, (ulong)random.Next(1, 3 * (int)Page.Size), random.Next(2) == 0 ? "" : Byte());
    }

    public string Dma(ulong offset, ulong length, string data) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"op":"dma","device":"{{device}}","iova":"0x{{iova + offset:x}}","len":{{length}}{{(data == "" ? "" : $",\"dir\":\"write\",\"data\":\"{data}\"")}}}""");

    /// <summary>The CPU reads or writes up to two pages.</summary>
    public string Cpu()
    {
        ulong offset = (ulong)random.Next((int)((Pages - 2) * Page.Size));
        int length = random.Next(1, 2 * (int)Page.Size);
        return random.Next(3) == 0
            ? $$"""{"op":"cpu_read","process":"vmm","addr":"0x{{vaddr + offset:x}}","len":{{length}}}"""
            : $$"""{"op":"cpu_write","process":"vmm","addr":"0x{{vaddr + offset:x}}","len":{{length}},"data":"{{Byte()}}"}""";
    }

    /// <summary>What moves pages and keeps their contents.</summary>
    public string Movement()
    {
        (ulong first, ulong count) = SomePages();
        string range = $"\"addr\":\"0x{Vaddr(first):x}\",\"size\":\"0x{count * Page.Size:x}\"";
        return random.Next(6) switch
        {
            0 => $$"""{"op":"swap_out","process":"vmm",{{range}}}""",
            1 => $$"""{"op":"writeback","process":"vmm",{{range}}}""",
            2 => $$"""{"op":"numa_hint","process":"vmm",{{range}}}""",
            3 => $$"""{"op":"merge","process":"vmm","addr":"0x{{Vaddr(first):x}}","other":"0x{{Vaddr((ulong)random.Next((int)Pages)):x}}"}""",
            _ => $$"""{"op":"migrate","process":"vmm",{{range}}}""",
        };
    }

    /// <summary>What takes memory, its contents or its rights away, or brings new memory.</summary>
    public string Change()
    {
        (ulong first, ulong count) = SomePages();
        string range = $"\"addr\":\"0x{Vaddr(first):x}\",\"size\":\"0x{count * Page.Size:x}\"";
        return random.Next(6) switch
        {
            0 => $$"""{"op":"munmap","process":"vmm",{{range}}}""",
            1 => $$"""{"op":"mprotect","process":"vmm",{{range}},"access":"{{Pick("r", "rw", "rw", "none")}}"}""",
            2 => $$"""{"op":"madvise","process":"vmm",{{range}},"advice":"{{Pick("dontneed", "free", "remove")}}"}""",
            _ => $$"""{"op":"mmap","process":"vmm",{{range}},"access":"{{Pick("r", "rw", "rw")}}","kind":"{{Pick("anonymous", "shared")}}"}""",
        };
    }

    /// <summary>What anybody can see of the window: through the device, then by the CPU.</summary>
    public IEnumerable<string> Look()
    {
        for (ulong page = 0; page < Pages; page++)
        {
            yield return Dma(page * Page.Size, Shown, "");
            yield return Dma((page * Page.Size) + Page.Size - Shown, Shown, "");
        }

        for (ulong page = 0; page < Pages; page++)
        {
            yield return $$"""{"op":"cpu_read","process":"vmm","addr":"0x{{Vaddr(page):x}}","len":{{Shown}}}""";
            yield return $$"""{"op":"cpu_read","process":"vmm","addr":"0x{{Vaddr(page) + Page.Size - Shown:x}}","len":{{Shown}}}""";
        }
    }

    public (ulong First, ulong Count) SomePages()
    {
        ulong first = (ulong)random.Next((int)Pages);
        return (first, (ulong)random.Next(1, (int)(Pages - first) + 1));
    }

    public string Pick(params string[] words) => words[random.Next(words.Length)];

    private string Byte() => $"{random.Next(256):x2}";

    private ulong Vaddr(ulong page) => vaddr + (page * Page.Size);

    private ulong Iova(ulong page) => iova + (page * Page.Size);
}
