/* A radix tree of four levels whose tables are frames of the modelled memory: VMSAv8-64, 4 KiB granule, stage 1. */
#ifndef BASELINE_RADIX_H
#define BASELINE_RADIX_H

#include "memory.h"

#define ACCESS_READ 1u
#define ACCESS_WRITE 2u

enum walk_result { WALK_DONE, WALK_TRANSLATION, WALK_ADDRESS_SIZE, WALK_ACCESS_FLAG, WALK_PERMISSION };

struct radix {
    struct memory *memory;
    uint64_t root;
    uint64_t input_bits;
    uint64_t output_excess; /* address bits that no descriptor may set */
};

/* Translates an address for a user's access; walks all levels and looks at every attribute that can refuse it. */
enum walk_result radix_walk(const struct radix *radix, uint64_t iova, unsigned access, uint64_t *physical);

/* Enters pages that lie one after another; how many were entered before one that is mapped or has no memory for its table. */
uint64_t radix_map(struct radix *radix, uint64_t iova, uint64_t physical, uint64_t pages, unsigned access);

/* Takes pages out; how many were taken before one that is not mapped. */
uint64_t radix_unmap(struct radix *radix, uint64_t iova, uint64_t pages);

#endif
