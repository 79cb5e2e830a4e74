/* Physical memory in frames of 4 KiB that exist once something is written to them. */
#ifndef BASELINE_MEMORY_H
#define BASELINE_MEMORY_H

#include <stdint.h>
#include <stdlib.h>

#define PAGE_SHIFT 12
#define FRAME_WORDS 512
#define CHUNK_SHIFT 15
#define CHUNK_FRAMES (1u << CHUNK_SHIFT)

struct memory {
    uint64_t ***chunks; /* chunk number -> frame in the chunk -> words; null where nothing exists */
    uint64_t chunk_count;
    uint64_t next_frame;
    uint64_t *free_frames; /* frames given back, a stack */
    uint64_t free_count, free_capacity;
};

static inline uint64_t *frame_words(const struct memory *memory, uint64_t frame)
{
    uint64_t chunk = frame >> CHUNK_SHIFT;
    if (chunk >= memory->chunk_count || !memory->chunks[chunk])
        return NULL;
    return memory->chunks[chunk][frame & (CHUNK_FRAMES - 1)];
}

static inline uint64_t read_word(const struct memory *memory, uint64_t address)
{
    const uint64_t *words = frame_words(memory, address >> PAGE_SHIFT);
    return words ? words[(address >> 3) & (FRAME_WORDS - 1)] : 0;
}

/* Memory without a frame; null when the computer has none left. */
struct memory *memory_create(uint64_t chunk_count);
void memory_destroy(struct memory *memory);

/* The address of a frame of zeros, or 0. */
uint64_t memory_allocate(struct memory *memory);
void memory_free(struct memory *memory, uint64_t address);

#endif
