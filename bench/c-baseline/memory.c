#include "memory.h"

#include <string.h>

struct memory *memory_create(uint64_t chunk_count)
{
    struct memory *memory = calloc(1, sizeof *memory);
    if (!memory)
        return NULL;
    memory->chunks = calloc(chunk_count, sizeof *memory->chunks);
    memory->chunk_count = memory->chunks ? chunk_count : 0;
    memory->next_frame = 0x100;
    return memory;
}

void memory_destroy(struct memory *memory)
{
    for (uint64_t chunk = 0; chunk < memory->chunk_count; chunk++) {
        for (uint64_t i = 0; memory->chunks[chunk] && i < CHUNK_FRAMES; i++)
            free(memory->chunks[chunk][i]);
        free(memory->chunks[chunk]);
    }
    free(memory->chunks);
    free(memory->free_frames);
    free(memory);
}

uint64_t memory_allocate(struct memory *memory)
{
    if (memory->free_count > 0) {
        uint64_t address = memory->free_frames[--memory->free_count];
        memset(frame_words(memory, address >> PAGE_SHIFT), 0, FRAME_WORDS * sizeof(uint64_t));
        return address;
    }

    uint64_t frame = memory->next_frame;
    uint64_t chunk = frame >> CHUNK_SHIFT;
    if (chunk >= memory->chunk_count)
        return 0;
    if (!memory->chunks[chunk])
        memory->chunks[chunk] = calloc(CHUNK_FRAMES, sizeof(uint64_t *));
    uint64_t *words = calloc(FRAME_WORDS, sizeof(uint64_t));
    if (!memory->chunks[chunk] || !words) {
        free(words);
        return 0;
    }
    memory->chunks[chunk][frame & (CHUNK_FRAMES - 1)] = words;
    memory->next_frame++;
    return frame << PAGE_SHIFT;
}

void memory_free(struct memory *memory, uint64_t address)
{
    if (memory->free_count == memory->free_capacity) {
        uint64_t capacity = memory->free_capacity ? 2 * memory->free_capacity : 64;
        uint64_t *grown = realloc(memory->free_frames, capacity * sizeof *grown);
        if (!grown)
            return;
        memory->free_frames = grown;
        memory->free_capacity = capacity;
    }
    memory->free_frames[memory->free_count++] = address;
}
