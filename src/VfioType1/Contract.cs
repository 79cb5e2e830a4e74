#pragma warning disable
// CONTRACT: replaced by real files, one public type each.
using Iopf.Kernel;
namespace Iopf.VfioType1;

/// <summary>Mappings ordered by iova, disjoint. Find in O(log n) without allocation; cheap insertion for 65,535 mappings in any order.</summary>
public sealed class MappingTree
{
    public int Count => throw new NotImplementedException();
    public DmaMapping? Find(Iova iova) => throw new NotImplementedException();                  // the mapping that holds this byte
    public DmaMapping? FirstOverlapping(Iova first, Iova last) => throw new NotImplementedException(); // lowest mapping that overlaps [first,last]
    public void Add(DmaMapping mapping) => throw new NotImplementedException();                 // linked with size 0: ordered by Iova
    public void Remove(DmaMapping mapping) => throw new NotImplementedException();
    public Enumerator GetEnumerator() => throw new NotImplementedException();                   // ascending, struct enumerator
    public struct Enumerator { public DmaMapping Current => throw new NotImplementedException(); public bool MoveNext() => throw new NotImplementedException(); }
}

/// <summary>Pages of one mapping pinned by vendor drivers: iova -> (pfn, reference count).</summary>
public sealed class ExternalPinList
{
    public int Count => throw new NotImplementedException();                                      // pinned pages
    public bool TryFind(Iova page, out Pfn frame, out int references) => throw new NotImplementedException();
}

/// <summary>Dense dirty log of one mapping.</summary>
public sealed class DirtyBitmap { }
