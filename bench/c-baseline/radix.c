#include "radix.h"

#define VALID 1ull
#define TABLE_OR_PAGE 3ull
#define ADDRESS_MASK 0x0000fffffffff000ull
#define UNPRIVILEGED (1ull << 6)
#define READ_ONLY (1ull << 7)
#define INNER_SHAREABLE (3ull << 8)
#define ACCESS_FLAG (1ull << 10)
#define NOT_GLOBAL (1ull << 11)
#define EXECUTE_NEVER (3ull << 53)
#define TABLE_NO_UNPRIVILEGED (1ull << 61)
#define TABLE_READ_ONLY (1ull << 62)
#define TOP_SHIFT 39
#define BITS 9

static uint64_t slot_of(uint64_t table, uint64_t iova, int shift)
{
    return table + (((iova >> shift) & (FRAME_WORDS - 1)) << 3);
}

enum walk_result radix_walk(const struct radix *radix, uint64_t iova, unsigned access, uint64_t *physical)
{
    if (iova >> radix->input_bits)
        return WALK_TRANSLATION;

    uint64_t table = radix->root;
    uint64_t limits = 0;
    for (int shift = TOP_SHIFT;; shift -= BITS) {
        uint64_t descriptor = read_word(radix->memory, slot_of(table, iova, shift));
        if (!(descriptor & VALID) || (!(descriptor & 2) && shift != 21 && shift != 30))
            return WALK_TRANSLATION;
        table = descriptor & ADDRESS_MASK;
        if (table & radix->output_excess)
            return WALK_ADDRESS_SIZE;
        if (shift != PAGE_SHIFT && (descriptor & 2)) {
            limits |= descriptor;
            continue;
        }

        if (!(descriptor & ACCESS_FLAG))
            return WALK_ACCESS_FLAG;
        int readable = (descriptor & UNPRIVILEGED) && !(limits & TABLE_NO_UNPRIVILEGED);
        int writable = readable && !(descriptor & READ_ONLY) && !(limits & TABLE_READ_ONLY);
        if (((access & ACCESS_READ) && !readable) || ((access & ACCESS_WRITE) && !writable))
            return WALK_PERMISSION;
        uint64_t offset = (1ull << shift) - 1;
        *physical = (table & ~offset) | (iova & offset);
        return WALK_DONE;
    }
}

/* The leaf table that covers an address; null where there is none and none is to be made. */
static uint64_t *leaf_table(const struct radix *radix, uint64_t iova, int makes)
{
    uint64_t *words = frame_words(radix->memory, radix->root >> PAGE_SHIFT);
    for (int shift = TOP_SHIFT; shift > PAGE_SHIFT; shift -= BITS) {
        uint64_t *slot = &words[(iova >> shift) & (FRAME_WORDS - 1)];
        if (!(*slot & VALID)) {
            uint64_t table = makes ? memory_allocate(radix->memory) : 0;
            if (!table)
                return NULL;
            *slot = table | TABLE_OR_PAGE;
        }
        words = frame_words(radix->memory, (*slot & ADDRESS_MASK) >> PAGE_SHIFT);
    }
    return words;
}

static uint64_t pages_to_end_of_table(uint64_t iova, uint64_t pages)
{
    uint64_t room = FRAME_WORDS - ((iova >> PAGE_SHIFT) & (FRAME_WORDS - 1));
    return pages < room ? pages : room;
}

uint64_t radix_map(struct radix *radix, uint64_t iova, uint64_t physical, uint64_t pages, unsigned access)
{
    if (iova >> radix->input_bits || physical & radix->output_excess)
        return 0;

    uint64_t attributes = TABLE_OR_PAGE | UNPRIVILEGED | INNER_SHAREABLE | ACCESS_FLAG | NOT_GLOBAL | EXECUTE_NEVER
        | (access & ACCESS_WRITE ? 0 : READ_ONLY);
    uint64_t done = 0;
    while (done < pages) {
        uint64_t at = iova + (done << PAGE_SHIFT);
        uint64_t *words = leaf_table(radix, at, 1);
        uint64_t count = pages_to_end_of_table(at, pages - done);
        if (!words)
            return done;
        uint64_t *slot = &words[(at >> PAGE_SHIFT) & (FRAME_WORDS - 1)];
        for (uint64_t i = 0; i < count; i++, done++) {
            if (slot[i] & VALID)
                return done;
            slot[i] = (physical + (done << PAGE_SHIFT)) | attributes;
        }
    }
    return done;
}

uint64_t radix_unmap(struct radix *radix, uint64_t iova, uint64_t pages)
{
    uint64_t done = 0;
    while (done < pages) {
        uint64_t at = iova + (done << PAGE_SHIFT);
        uint64_t *words = leaf_table(radix, at, 0);
        uint64_t count = pages_to_end_of_table(at, pages - done);
        if (!words)
            return done;
        uint64_t *slot = &words[(at >> PAGE_SHIFT) & (FRAME_WORDS - 1)];
        for (uint64_t i = 0; i < count; i++, done++) {
            if (!(slot[i] & VALID))
                return done;
            slot[i] = 0;
        }
    }
    return done;
}
