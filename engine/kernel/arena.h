/* Divides the scratch memory of a step into its parts. */
#ifndef ARENA_H
#define ARENA_H

#include "kernel.h"

struct scratch { /* rows of activations; widths are whole tiles, padded with zeros */
    float *x, *x0, *h, *wide, *gated, *queries, *mixed, *cosines, *sines;
    void *quantised; /* activations as integers of at most two bytes */
    float *scales;
    int32_t *starts;
    float *scores; /* of each thread: HEADS_AT_ONCE rows */
    uint64_t width, wide_width, hidden, score_row, query_row, head_row;
};

static inline uint64_t most_columns(const struct plan *plan) { /* of an input, in whole blocks */
    uint64_t most = 0;
    for (uint32_t i = 0; i < plan->n_layer; i++) {
        const struct layer *layer = plan_layers(plan) + i;
        const struct matrix *all[] = {
            &layer->qkv, &layer->projection, &layer->up, &layer->gate, &layer->down, &plan->head};
        for (unsigned j = 0; j < sizeof all / sizeof *all; j++) {
            uint64_t columns = all[j]->bits < 32 ? rounded(all[j]->columns, all[j]->block) : 0;
            if (columns > most) most = columns;
        }
    }
    return most;
}

static inline void *carve_part(uint8_t *arena, uint64_t *used, uint64_t bytes) {
    void *part = arena ? arena + *used : NULL;
    *used += rounded(bytes, 64);
    return part;
}

/* Set the parts of an arena; returns their bytes. Without an arena, only computes the sizes. */
static inline uint64_t carve(
    const struct plan *p, uint8_t *arena, uint32_t threads, struct scratch *s
) {
    uint64_t used = 0, rows = MOST_ROWS, half = (p->head_size + 1) / 2, most = most_columns(p);
    uint64_t heads = (uint64_t)p->n_head + 2 * (uint64_t)p->n_kv_head;
    s->width = rounded(p->n_embd, TILE);
    s->hidden = rounded(p->n_hidden, TILE);
    s->wide_width = rounded(heads * p->head_size, TILE);
    s->wide_width = s->wide_width > s->hidden ? s->wide_width : s->hidden;
    s->head_row = rounded(p->head_size, TILE);
    s->query_row = p->n_head * s->head_row;
    s->score_row = rounded(p->capacity, TILE) + TILE;
#define CARVE(bytes) carve_part(arena, &used, bytes)
    s->x = CARVE(4 * rows * s->width);
    s->x0 = CARVE(4 * rows * s->width);
    s->h = CARVE(4 * rows * s->width);
    s->wide = CARVE(4 * rows * s->wide_width);
    s->gated = CARVE(p->activation == SWIGLU ? 4 * rows * s->hidden : 0);
    s->queries = CARVE(4 * rows * s->query_row);
    s->mixed = CARVE(s->head_row == p->head_size ? 0 : 4 * rows * s->query_row);
    s->cosines = CARVE(p->rotary ? 4 * rows * half : 0);
    s->sines = CARVE(p->rotary ? 4 * rows * half : 0);
    s->quantised = CARVE(2 * rows * most);
    s->scales = CARVE(4 * rows * (most / LEAST_BLOCK));
    s->starts = CARVE(4 * rows * (most / LEAST_BLOCK));
    s->scores = CARVE(4 * threads * HEADS_AT_ONCE * s->score_row);
#undef CARVE
    return used;
}

#endif
