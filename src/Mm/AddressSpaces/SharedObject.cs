using Iopf.Kernel;

namespace Iopf.Mm;

/// <summary>Memory that several address spaces map: its page cache and its mappers.</summary>
/// <remarks>Kernel: <c>struct address_space</c> of an unnamed shmem file.</remarks>
internal sealed class SharedObject(HostKernel kernel, PhysicalMemory memory)
{
    private readonly Dictionary<ulong, Pfn> _pages = [];

    /// <summary>Held while the mappings of a page are looked up and changed.</summary>
    /// <remarks>Kernel: <c>i_mmap_rwsem</c>.</remarks>
    public KernelMutex MappersLock { get; } = new(kernel.Scheduler, "i_mmap_rwsem");

    /// <summary>The address spaces that map the object.</summary>
    public List<AddressSpace> Mappers { get; } = [];

    /// <summary>The frame of a page, if it exists; the page cache keeps one reference to it.</summary>
    public bool TryFind(ulong pageIndex, out Pfn frame) => _pages.TryGetValue(pageIndex, out frame);

    /// <summary>The frame of a page, allocated if need be.</summary>
    public Result<Pfn> FindOrAllocate(ulong pageIndex)
    {
        if (_pages.TryGetValue(pageIndex, out Pfn frame))
        {
            return frame;
        }

        Result<Pfn> allocated = memory.PrivatePages.AllocateByReclaim(FrameUse.File);
        if (allocated.IsSuccess && !_pages.TryAdd(pageIndex, allocated.Value))
        {
            // Somebody else was faster while this thread was waiting for memory.
            memory.Put(allocated.Value);
            return _pages[pageIndex];
        }

        return allocated;
    }

    /// <summary>Drops a page from the page cache; whoever still maps or pins it keeps it.</summary>
    public void Drop(ulong pageIndex)
    {
        if (_pages.Remove(pageIndex, out Pfn frame))
        {
            memory.Put(frame);
        }
    }

    /// <summary>Drops a range of pages from the page cache.</summary>
    public void Drop(ulong first, ulong last)
    {
        foreach (ulong pageIndex in _pages.Keys)
        {
            if (pageIndex >= first && pageIndex <= last)
            {
                Drop(pageIndex);
            }
        }
    }

    /// <summary>Exchanges the frame of a page.</summary>
    public void Replace(ulong pageIndex, Pfn frame)
    {
        Drop(pageIndex);
        _pages.Add(pageIndex, frame);
    }

    /// <summary>Remembers that an address space maps the object.</summary>
    public void AddMapper(AddressSpace mm)
    {
        if (!Mappers.Contains(mm))
        {
            Mappers.Add(mm);
        }
    }

    /// <summary>Forgets an address space that maps the object no more; the last one frees the pages.</summary>
    public void RemoveMapper(AddressSpace mm)
    {
        if (Mappers.Remove(mm) && Mappers.Count == 0)
        {
            foreach (Pfn frame in _pages.Values)
            {
                memory.Put(frame);
            }

            _pages.Clear();
        }
    }
}
