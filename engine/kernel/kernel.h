/* The kernel's interface: the plan of a model, and the step.
 *
 * A plan is one block of bytes without pointers: a header, the layers, the rotary frequencies.
 * engine/kernel/plan.py writes it from a layout whose offsets and sizes were checked against the
 * weights. It is the same on every machine, WebAssembly included.
 *
 * A step allocates nothing: weights, state (keys and values) and arena (scratch) belong to the
 * caller. Integers are exact and every floating-point sum has a fixed order, so a token's result
 * is the same to the bit on every path, for any number of rows and threads.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <stddef.h>
#include <stdint.h>

#define KERNEL_ABI 1
#define TILE 16 /* rows of a matrix that are stored together, and lanes of the sums */
#define ABSENT UINT64_MAX

#if defined(__wasm__)
#define KERNEL_API(name) __attribute__((export_name(#name)))
#elif defined(_WIN32)
#define KERNEL_API(name) __declspec(dllexport)
#else
#define KERNEL_API(name) __attribute__((visibility("default")))
#endif

enum activation { RELU2, GELU, GELU_TANH, SWIGLU };

/* Offsets are bytes from the start of the weights; ABSENT where there is none. */
struct matrix {
    uint64_t offset; /* tiles of 16 rows: scales, then codes; see engine/modeldir/packing.py */
    uint64_t bias;
    uint32_t rows, columns, bits, block; /* bits 32: no block */
};

struct layer {
    struct matrix qkv, projection, up, gate, down;
    uint64_t attention_norm, attention_norm_bias, ffn_norm, ffn_norm_bias;
    uint64_t q_gain, skip_gains;
};

struct plan {
    uint32_t abi;
    uint32_t n_layer, n_head, n_kv_head, head_size, n_embd, n_hidden, vocabulary_size;
    uint32_t window; /* entries a token sees, itself included; the capacity for a block window */
    uint32_t capacity;
    uint32_t rotary, layer_norm, activation, qk_norm, embedding_norm;
    float softcap;
    struct matrix embedding, head;
    uint64_t positions, final_norm, final_norm_bias;
    /* struct layer layers[n_layer]; double frequencies[head_size / 2] (rotary) */
};

struct pool; /* threads; NULL means none */

/* One call of the step: what it reads, what it changes, where its results go. */
struct call {
    const struct plan *plan;
    const uint8_t *weights;
    float *state;
    uint8_t *arena;
    float *logits; /* (wanted, vocabulary rounded up to whole tiles) */
    const int32_t *ids;
    struct pool *pool;
    uint32_t count;    /* of the tokens */
    uint32_t past;     /* entries of the state before them */
    uint32_t position; /* true position of the first token */
    uint32_t wanted;   /* how many of the last tokens need logits */
};

enum result { DONE, BAD_PATH, BAD_COUNT, BAD_ID, NO_ROOM, BAD_POSITION };

#define MOST_ROWS 32 /* tokens of one call */
#define MOST_THREADS 64

static inline uint64_t rounded(uint64_t n, uint64_t multiple) {
    return (n + multiple - 1) / multiple * multiple;
}

static inline const struct layer *plan_layers(const struct plan *plan) {
    return (const struct layer *)(plan + 1);
}

static inline const double *plan_frequencies(const struct plan *plan) {
    return (const double *)(plan_layers(plan) + plan->n_layer);
}

/* One compilation of step.c. */
struct path {
    const char *name;
    void (*step)(const struct call *call);
};

uint64_t state_floats(const struct plan *plan); /* of the keys and values of a head of a layer */

#define SOURCES 3 /* of local text: the project, the file, the window */

/* What followed the same tokens before, at one place. */
struct match {
    int32_t source, order, total, distinct; /* tokens that agree; followers, and different ones */
};

/* One place at which local text is mixed into the model's distribution. */
struct mixing {
    const float *pull, *correct; /* inward (hidden, facts), bias, outward (hidden), offset */
    float *probabilities;        /* (vocabulary), replaced by the result */
    int32_t *last;               /* scratch (vocabulary, SOURCES) */
    const struct match *matches; /* source after source, the shorter before the longer */
    const int32_t *ids;          /* what followed, match after match */
    const float *counts;         /* how often each did */
    uint32_t count, followers, vocabulary, pull_hidden, correct_hidden;
};

#define LEAST_BLOCK 32
#define HEADS_AT_ONCE 4 /* pairs of a token and a head that attend to the same keys together */

/* The bytes of 16 rows of a matrix: their scales, then their codes; or their floats. */
static inline uint64_t tile_bytes(const struct matrix *m) {
    if (m->bits == 32) return (uint64_t)m->columns * TILE * sizeof(float);
    uint64_t columns = rounded(m->columns, m->block), blocks = columns / m->block;
    uint64_t scales = rounded(blocks * TILE * (m->bits == 8 ? 4 : 2), 64);
    return scales + columns * TILE * m->bits / 8;
}

#endif
