using Iopf.Mm;

namespace Iopf.ArmSmmuV3.Hardware;

/// <summary>Walks page tables: stage 1, stage 2, or stage 1 on top of stage 2.</summary>
/// <remarks>Arm IHI 0070, sections 3.4 and 15. A failed walk says what, where and at which stage; what follows is the caller's.</remarks>
/// <param name="memory">Where the tables are.</param>
internal sealed class PageTableWalker(PhysicalMemory memory)
{
    /// <summary>Translates an address through the stages of a context.</summary>
    /// <returns>Whether the access is granted.</returns>
    public bool Walk(StreamContext context, ulong address, AccessRights access, out Translation translation, ref TranslationFault fault)
    {
        translation = default;
        translation.Ipa = address;
        translation.SizeLog2 = 30;
        translation.Stage1Rights = AccessRights.All;
        if (context.HasStage1 && !WalkStage1(context, address, access, ref translation, ref fault))
        {
            return false;
        }
        translation.PhysicalAddress = translation.Ipa;
        translation.Rights = translation.Stage1Rights;
        return !context.HasStage2 || WalkStage2(context, access, ref translation, ref fault);
    }

    /// <summary>Translates the IPA of a table or descriptor the SMMU itself wants to read.</summary>
    /// <param name="stage2">The stage-2 tables.</param>
    /// <param name="address">The IPA; becomes the physical address.</param>
    /// <param name="faultClass">What is to be read there.</param>
    /// <param name="fault">What went wrong.</param>
    /// <returns>Whether it can be read.</returns>
    public bool Locate(TranslationTables stage2, ref ulong address, FaultClass faultClass, ref TranslationFault fault)
    {
        ulong ipa = address;
        if (Descend(stage2, null, ipa, out Leaf leaf, ref fault))
        {
            address = leaf.Output;
            if (PageDescriptor.IsStage2Readable(leaf.Descriptor)
                && (stage2.TablesMayBeDevice || PageDescriptor.IsNormalMemory(leaf.Descriptor)))
            {
                return true;
            }
            fault.Type = SmmuEventType.F_PERMISSION;
            fault.IsStage2 = true;
        }
        fault.Class = faultClass;
        fault.Ipa = ipa;
        return false;
    }

    private bool WalkStage1(
        StreamContext context,
        ulong address,
        AccessRights access,
        ref Translation translation,
        ref TranslationFault fault)
    {
        fault.Class = FaultClass.InputAddress;
        TranslationTables? tables = context.Stage1TablesOf(address);
        if (tables is null)
        {
            fault.Type = SmmuEventType.F_TRANSLATION;
            return false;
        }
        if (!Descend(tables, context.HasStage2 ? context.Stage2Tables : null, address, out Leaf leaf, ref fault))
        {
            return false;
        }
        translation.Stage1Rights = PageDescriptor.Restrict(PageDescriptor.Stage1Rights(leaf.Descriptor, leaf.TableAttributes), tables);
        translation.Ipa = leaf.Output;
        translation.SizeLog2 = leaf.SizeLog2;
        translation.IsGlobal = PageDescriptor.IsGlobal(leaf.Descriptor);
        if ((translation.Stage1Rights & access) == 0)
        {
            fault.Type = SmmuEventType.F_PERMISSION;
            return false;
        }
        return true;
    }

    private bool WalkStage2(StreamContext context, AccessRights access, ref Translation translation, ref TranslationFault fault)
    {
        fault.Class = FaultClass.InputAddress;
        fault.Ipa = translation.Ipa;
        if (!Descend(context.Stage2Tables, null, translation.Ipa, out Leaf leaf, ref fault))
        {
            return false;
        }
        translation.PhysicalAddress = leaf.Output;
        translation.SizeLog2 = Math.Min(translation.SizeLog2, leaf.SizeLog2);
        translation.Rights &= PageDescriptor.Stage2Rights(leaf.Descriptor);
        if ((translation.Rights & access) == 0)
        {
            fault.Type = SmmuEventType.F_PERMISSION;
            fault.IsStage2 = true;
            return false;
        }
        fault.Ipa = 0;
        return true;
    }

    private bool Descend(TranslationTables tables, TranslationTables? below, ulong address, out Leaf leaf, ref TranslationFault fault)
    {
        leaf = default;
        if (tables.IsStage2 && address >> tables.InputBits != 0)
        {
            return Fail(ref fault, SmmuEventType.F_TRANSLATION, tables);
        }
        MemoryView words = memory.View;
        ulong excess = tables.OutputExcess;
        ulong attributes = 0;
        ulong descriptor;
        ulong output;
        ulong at = tables.Root + (((address >> tables.StartShift) & tables.StartIndexMask) << 3);
        int shift = tables.StartShift;
        while (true)
        {
            if (below is not null)
            {
                // A variable of its own: one whose address is passed on does not stay in a register, and this loop is what a walk takes.
                ulong ipa = at;
                if (!Locate(below, ref ipa, FaultClass.TranslationTable, ref fault))
                {
                    return false;
                }
                at = ipa;
            }
            descriptor = words.ReadWord(at);
            output = descriptor & PageDescriptor.AddressMask;
            if (!PageDescriptor.IsTable(descriptor, shift) || (output & excess) != 0)
            {
                break;
            }
            attributes |= descriptor;
            shift -= 9;
            at = output + (((address >> shift) & 0x1ff) << 3);
        }
        if (!PageDescriptor.IsValid(descriptor, shift))
        {
            return Fail(ref fault, SmmuEventType.F_TRANSLATION, tables);
        }
        if ((output & excess) != 0)
        {
            return Fail(ref fault, SmmuEventType.F_ADDR_SIZE, tables);
        }
        ulong offsetMask = (1UL << shift) - 1;
        leaf.Output = (output & ~offsetMask) | (address & offsetMask);
        leaf.Descriptor = descriptor;
        leaf.TableAttributes = attributes;
        leaf.SizeLog2 = shift;
        return PageDescriptor.IsAccessed(descriptor) || !tables.AccessFlagFaults || Fail(ref fault, SmmuEventType.F_ACCESS, tables);
    }

    private static bool Fail(ref TranslationFault fault, SmmuEventType type, TranslationTables tables)
    {
        fault.Type = type;
        fault.IsStage2 = tables.IsStage2;
        return false;
    }

    private struct Leaf
    {
        public ulong Output;
        public ulong Descriptor;
        public ulong TableAttributes;
        public int SizeLog2;
    }
}
