/* What the benchmarks of the model call: whole loops, so that entering C costs nothing that is measured. */
#include "radix.h"

struct radix *baseline_create(uint64_t chunk_count)
{
    struct radix *radix = calloc(1, sizeof *radix);
    if (!radix)
        return NULL;
    radix->memory = memory_create(chunk_count);
    radix->root = radix->memory ? memory_allocate(radix->memory) : 0;
    radix->input_bits = 48;
    radix->output_excess = ~0ull << 48;
    return radix;
}

void baseline_destroy(struct radix *radix)
{
    memory_destroy(radix->memory);
    free(radix);
}

/* Walks each page of an order once; how many walks ended as they should. */
uint64_t baseline_walk(const struct radix *radix, uint64_t first, const int32_t *order, uint64_t count)
{
    uint64_t good = 0;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t physical = 0;
        uint64_t iova = first + ((uint64_t)order[i] << PAGE_SHIFT);
        good += radix_walk(radix, iova, ACCESS_READ, &physical) == WALK_DONE && physical != 0;
    }
    return good;
}

/* Maps pages, so many in each call; how many were entered. */
uint64_t baseline_map(struct radix *radix, uint64_t iova, uint64_t physical, uint64_t pages, uint64_t per_call)
{
    uint64_t done = 0;
    while (done < pages) {
        uint64_t entered = radix_map(
            radix, iova + (done << PAGE_SHIFT), physical + (done << PAGE_SHIFT), per_call, ACCESS_READ | ACCESS_WRITE);
        if (entered != per_call)
            return done + entered;
        done += entered;
    }
    return done;
}

/* Takes pages out, so many in each call; how many were taken. */
uint64_t baseline_unmap(struct radix *radix, uint64_t iova, uint64_t pages, uint64_t per_call)
{
    uint64_t done = 0;
    while (done < pages) {
        uint64_t taken = radix_unmap(radix, iova + (done << PAGE_SHIFT), per_call);
        if (taken != per_call)
            return done + taken;
        done += taken;
    }
    return done;
}
