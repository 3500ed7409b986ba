/* The forward step: takes tokens, appends keys and values, and returns the logits of the last ones.
 *
 * Compiled once per path (vectors.h). Rows are tokens; the operations on a row have the same order
 * for any number of rows. Knows nothing of files, of how the window rolls, or of what tokens mean.
 */
#include "arena.h"
#include "pool.h"
#include "vectors.h"

#define EPSILON 1e-6f
#define LEAST_SCORE -3e38f

/* How much fits into the registers: rows of a matrix product, and independent sums for one or two
 * rows, which hide the latency of dot products. */
#if LANES == 16
#define ROWS_AT_ONCE 8
#define CHAINS_OF_ONE 4
#define CHAINS_OF_TWO 2
#elif defined(__AVXVNNI__)
#define ROWS_AT_ONCE 4
#define CHAINS_OF_ONE 2
#define CHAINS_OF_TWO 1
#else
#define ROWS_AT_ONCE 4
#define CHAINS_OF_ONE 1
#define CHAINS_OF_TWO 1
#endif
#ifndef AHEAD
#define AHEAD 4096 /* bytes ahead at which weights are prefetched */
#endif

struct run {
    const struct call *call;
    const struct plan *plan;
    struct scratch s;
};

static const float *floats_at(const struct run *run, uint64_t offset) {
    return offset == ABSENT ? NULL : (const float *)(run->call->weights + offset);
}

/* ---- rows ---- */

static float sum_of_squares(const float *x, uint64_t n) { /* n: whole tiles */
    vf sum = vf_set(0);
    for (uint64_t i = 0; i < n; i += TILE) {
        vf v = vf_load(x + i);
        sum = vf_add(sum, vf_mul(v, v));
    }
    return vf_sum(sum);
}

INLINE float inverse_root(float mean) {
    return 1.0f / __builtin_sqrtf(mean + EPSILON);
}

static void normalise(const float *x, float *y, uint32_t n, const float *weight) { /* by RMS */
    uint64_t padded = rounded(n, TILE);
    float factor = inverse_root(sum_of_squares(x, padded) / (float)n);
    for (uint64_t i = 0; i < padded; i += TILE) {
        vf v = vf_scale(vf_load(x + i), factor);
        vf_store(y + i, weight ? vf_mul(v, vf_load(weight + i)) : v);
    }
}

static void normalise_layer(
    const float *x, float *y, uint32_t n, const float *weight, const float *bias
) {
    uint64_t padded = rounded(n, TILE);
    vf sum = vf_set(0);
    for (uint64_t i = 0; i < padded; i += TILE) sum = vf_add(sum, vf_load(x + i));
    vf mean = vf_set(vf_sum(sum) / (float)n);
    for (uint64_t i = 0; i < padded; i += TILE) {
        vf v = vf_sub(vf_load(x + i), mean);
        vf_store(y + i, i + TILE <= n ? v : vf_first(v, (int)(n - i)));
    }
    float factor = inverse_root(sum_of_squares(y, padded) / (float)n);
    for (uint64_t i = 0; i < padded; i += TILE) {
        vf v = vf_scale(vf_load(y + i), factor);
        if (weight) v = vf_mul(v, vf_load(weight + i));
        vf_store(y + i, bias ? vf_add(v, vf_load(bias + i)) : v);
    }
}

static void norm(const struct run *run, uint64_t weight, uint64_t bias, uint32_t first) {
    const struct plan *p = run->plan;
    for (uint32_t t = first; t < run->call->count; t++) {
        const float *x = run->s.x + t * run->s.width;
        float *y = run->s.h + t * run->s.width;
        if (p->layer_norm)
            normalise_layer(x, y, p->n_embd, floats_at(run, weight), floats_at(run, bias));
        else
            normalise(x, y, p->n_embd, floats_at(run, weight));
    }
}

static void add_rows(const struct run *run, const float *y, uint32_t first) { /* to x */
    uint64_t end = run->call->count * run->s.width;
    for (uint64_t i = first * run->s.width; i < end; i += TILE)
        vf_store(run->s.x + i, vf_add(vf_load(run->s.x + i), vf_load(y + i)));
}

/* ---- activations as small integers ---- */

struct input { /* rows of activations, prepared for a product */
    const float *x;
    uint64_t stride;
    const ACTIVATION *quantised; /* (rows, columns rounded up to blocks) */
    const float *scales;         /* (rows, blocks) */
    const int32_t *starts;       /* (rows, blocks), compensates for the offset of unsigned codes */
    uint64_t columns, blocks;
};

static int32_t quantise_block(
    const float *x, uint64_t vectors, uint64_t block, ACTIVATION *out, float *scale
) {
    vf most = vf_set(0);
    for (uint64_t i = 0; i < vectors; i++) most = vf_max(most, vf_abs(vf_load(x + TILE * i)));
    float largest = vf_largest(most);
    float factor = largest > 0 ? 127.0f / largest : 0;
    *scale = largest / 127.0f;
    int32_t sum = 0;
    for (uint64_t i = 0; i < vectors; i++) {
        vf v = vf_add(vf_scale(vf_load(x + TILE * i), factor), vf_set(ROUNDER));
        int32_t lanes[TILE];
        vf_store((float *)(void *)lanes, v);
        for (int j = 0; j < TILE; j++) {
            ACTIVATION q = (ACTIVATION)(int8_t)(lanes[j] - ROUNDER_BITS);
            out[TILE * i + j] = q;
            sum += q;
        }
    }
    memset(out + TILE * vectors, 0, (block - TILE * vectors) * sizeof *out);
    return sum;
}

static struct input prepare(
    const struct run *run, const struct matrix *m, const float *x, uint64_t stride, uint32_t first,
    uint32_t count
) {
    struct input in = {.x = x, .stride = stride};
    if (m->bits == 32) return in;
    in.columns = rounded(m->columns, m->block);
    in.blocks = in.columns / m->block;
    ACTIVATION *quantised = run->s.quantised;
    in.quantised = quantised, in.scales = run->s.scales, in.starts = run->s.starts;
    uint64_t vectors = rounded(m->columns, TILE) / TILE, whole = m->block / TILE;
    for (uint32_t t = first; t < count; t++)
        for (uint64_t b = 0; b < in.blocks; b++) {
            uint64_t left = vectors - b * whole, at = t * in.blocks + b;
            int32_t sum = quantise_block(
                x + t * stride + b * m->block, left < whole ? left : whole, m->block,
                quantised + t * in.columns + b * m->block, run->s.scales + at);
            run->s.starts[at] = -UNSIGNED_CODES * sum;
        }
    return in;
}

/* ---- matrix products ---- */

INLINE vf half_scales(const uint8_t *p) { /* the upper halves of 16 floats */
    uint16_t halves[TILE];
    uint32_t wide[TILE];
    memcpy(halves, p, sizeof halves);
    for (int i = 0; i < TILE; i++) wide[i] = (uint32_t)halves[i] << 16;
    return vf_load((const float *)(const void *)wide);
}

/* R rows times one tile of 8- or 4-bit codes. Sums of integers do not depend on their order, so
 * few rows may use several chains of them. */
INLINE void tile_of_codes(
    const struct matrix *m, const uint8_t *tile, const struct input *in, uint32_t row, const int R,
    const int BITS, const float *bias, float *out, uint64_t stride
) {
    const int CHAINS = R >= 4 ? 1 : R >= 2 ? CHAINS_OF_TWO : CHAINS_OF_ONE, COLUMNS = BITS == 8 ? 4 : 8;
    const uint64_t scale_bytes = BITS == 8 ? 4 * TILE : 2 * TILE;
    const uint8_t *at = tile + rounded(in->blocks * scale_bytes, 64);
    const ACTIVATION *x = in->quantised + row * in->columns;
    const float *scales = in->scales + row * in->blocks;
    const int32_t *starts = in->starts + row * in->blocks;
    vf total[ROWS_AT_ONCE];
    UNROLLED for (int r = 0; r < R; r++) total[r] = vf_set(0);
    for (uint64_t b = 0; b < in->blocks; b++) {
        sums s[ROWS_AT_ONCE * 4];
        UNROLLED for (int r = 0; r < R; r++)
            UNROLLED for (int c = 0; c < CHAINS; c++)
                s[r * CHAINS + c] = sums_start(c ? 0 : starts[r * in->blocks + b]);
        for (uint32_t k = 0; k < m->block; k += COLUMNS * CHAINS)
            UNROLLED for (int c = 0; c < CHAINS; c++, at += 64) {
                codes low, high;
                __builtin_prefetch(at + AHEAD);
                if (BITS == 8)
                    low = codes_load(at);
                else
                    codes_load_nibbles(at, &low, &high);
                UNROLLED for (int r = 0; r < R; r++) {
                    const ACTIVATION *four = x + r * in->columns + k + COLUMNS * c;
                    sums_dot(&s[r * CHAINS + c], &low, four);
                    if (BITS == 4) sums_dot(&s[r * CHAINS + c], &high, four + 4);
                }
            }
        vf scale = BITS == 8 ? vf_load((const float *)(tile + b * scale_bytes))
                             : half_scales(tile + b * scale_bytes);
        UNROLLED for (int r = 0; r < R; r++) {
            UNROLLED for (int c = 1; c < CHAINS; c++) sums_add(&s[r * CHAINS], &s[r * CHAINS + c]);
            vf factor = vf_scale(scale, scales[r * in->blocks + b]);
            total[r] = vf_add(total[r], vf_mul(sums_floats(&s[r * CHAINS]), factor));
        }
        x += m->block;
    }
    UNROLLED for (int r = 0; r < R; r++)
        vf_store(out + r * stride, bias ? vf_add(total[r], vf_load(bias)) : total[r]);
}

INLINE void tile_of_floats(
    const struct matrix *m, const uint8_t *tile, const struct input *in, uint32_t row, const int R,
    const float *bias, float *out, uint64_t stride
) {
    const float *w = (const float *)tile, *x = in->x + row * in->stride;
    vf total[ROWS_AT_ONCE];
    UNROLLED for (int r = 0; r < R; r++) total[r] = vf_set(0);
    for (uint32_t k = 0; k < m->columns; k++, w += TILE) {
        vf v = vf_load(w);
        UNROLLED for (int r = 0; r < R; r++)
            total[r] = vf_add(total[r], vf_scale(v, x[r * in->stride + k]));
    }
    UNROLLED for (int r = 0; r < R; r++)
        vf_store(out + r * stride, bias ? vf_add(total[r], vf_load(bias)) : total[r]);
}

struct product {
    const struct run *run;
    const struct matrix *m;
    struct input in;
    uint32_t first, count; /* rows */
    uint64_t first_tile, last_tile;
    float *out; /* row first of the result */
    uint64_t stride;
};

#define TILE_ROWS(R)                                                                          \
    do {                                                                                      \
        if (m->bits == 8)                                                                     \
            tile_of_codes(m, tile, &job->in, t, R, 8, bias, out, job->stride);                \
        else if (m->bits == 4)                                                                \
            tile_of_codes(m, tile, &job->in, t, R, 4, bias, out, job->stride);                \
        else                                                                                  \
            tile_of_floats(m, tile, &job->in, t, R, bias, out, job->stride);                  \
        t += R, out += R * job->stride;                                                       \
    } while (0)

static void product_part(void *context, uint32_t part, uint32_t parts) {
    const struct product *job = context;
    const struct matrix *m = job->m;
    uint64_t tiles = job->last_tile - job->first_tile, size = tile_bytes(m);
    uint64_t from = job->first_tile + tiles * part / parts;
    uint64_t to = job->first_tile + tiles * (part + 1) / parts;
    const float *biases = floats_at(job->run, m->bias);
    for (uint64_t i = from; i < to; i++) {
        const uint8_t *tile = job->run->call->weights + m->offset + i * size;
        const float *bias = biases ? biases + i * TILE : NULL;
        float *out = job->out + i * TILE;
        uint32_t t = job->first;
#if ROWS_AT_ONCE >= 8
        while (job->count - t >= 8) TILE_ROWS(8);
#endif
#if ROWS_AT_ONCE >= 4
        while (job->count - t >= 4) TILE_ROWS(4);
#endif
        while (job->count - t >= 2) TILE_ROWS(2);
        if (job->count > t) TILE_ROWS(1);
    }
}

static void multiply_tiles(
    const struct run *run, const struct matrix *m, struct input in, uint32_t first, uint32_t count,
    uint64_t first_tile, uint64_t last_tile, float *out, uint64_t stride
) {
    struct product job = {run, m, in, first, count, first_tile, last_tile, out, stride};
    pool_run(run->call->pool, product_part, &job);
}

static void multiply(
    const struct run *run, const struct matrix *m, struct input in, uint32_t first, float *out,
    uint64_t stride
) {
    uint64_t tiles = rounded(m->rows, TILE) / TILE;
    multiply_tiles(run, m, in, first, run->call->count, 0, tiles, out + first * stride, stride);
}

/* ---- embedding and positions ---- */

static void embed_row(const struct run *run, int32_t id, float *x) {
    const struct matrix *m = &run->plan->embedding;
    const uint8_t *tile = run->call->weights + m->offset + (uint64_t)id / TILE * tile_bytes(m);
    uint32_t lane = (uint32_t)id % TILE;
    if (m->bits == 32) {
        for (uint32_t k = 0; k < m->columns; k++)
            memcpy(x + k, tile + (k * TILE + lane) * sizeof(float), sizeof(float));
        return;
    }
    const uint8_t *codes = tile + rounded(rounded(m->columns, m->block) / m->block * 4 * TILE, 64);
    for (uint32_t k = 0; k < m->columns; k++) {
        float scale;
        memcpy(&scale, tile + (k / m->block * TILE + lane) * sizeof scale, sizeof scale);
        x[k] = (float)(int8_t)codes[k / 4 * 64 + lane * 4 + k % 4] * scale;
    }
}

static void embed(const struct run *run) {
    const struct plan *p = run->plan;
    const float *positions = floats_at(run, p->positions);
    for (uint32_t t = 0; t < run->call->count; t++) {
        float *x = run->s.x + t * run->s.width;
        memset(x, 0, run->s.width * sizeof *x);
        embed_row(run, run->call->ids[t], x);
        if (positions) {
            const float *row = positions + (uint64_t)(run->call->position + t) * p->n_embd;
            for (uint32_t k = 0; k < p->n_embd; k++) x[k] += row[k];
        }
        if (p->embedding_norm) normalise(x, x, p->n_embd, NULL);
    }
    memcpy(run->s.x0, run->s.x, run->call->count * run->s.width * sizeof(float));
}

/* Cosine and sine in double precision: subtracts the nearest multiple of pi / 2 in two parts, which
 * is exact to 1e-10 for positions up to 2^31. */
static void cosine_and_sine(double x, float *cosine, float *sine) {
    const double magic = 6755399441055744.0; /* 1.5 * 2^52 */
    double turns = x * 0.63661977236758134308 + magic;
    int64_t bits;
    memcpy(&bits, &turns, sizeof bits);
    double n = turns - magic;
    double r = x - n * 1.57079632673412561417;
    r = r - n * 6.07710050650619224932e-11;
    double z = r * r;
    double s = 1.58969099521155010221e-10;
    s = s * z + -2.50507602534068634195e-08;
    s = s * z + 2.75573137070700676789e-06;
    s = s * z + -1.98412698298579493134e-04;
    s = s * z + 8.33333333332248946124e-03;
    s = s * z + -1.66666666666666324348e-01;
    s = r + r * z * s;
    double c = -1.13596475577881948265e-11;
    c = c * z + 2.08757232129817482790e-09;
    c = c * z + -2.75573143513906633035e-07;
    c = c * z + 2.48015872894767294178e-05;
    c = c * z + -1.38888888888741095749e-03;
    c = c * z + 4.16666666666666019037e-02;
    c = 1.0 - 0.5 * z + z * z * c;
    int quarter = (int)(bits & 3);
    double a = quarter & 1 ? s : c, b = quarter & 1 ? c : s;
    *cosine = (float)(quarter == 1 || quarter == 2 ? -a : a);
    *sine = (float)(quarter >= 2 ? -b : b);
}

static void find_rotations(const struct run *run) {
    const double *frequencies = plan_frequencies(run->plan);
    uint32_t half = run->plan->head_size / 2;
    for (uint32_t t = 0; t < run->call->count; t++)
        for (uint32_t i = 0; i < half; i++)
            cosine_and_sine(
                (double)(run->call->position + t) * frequencies[i], run->s.cosines + t * half + i,
                run->s.sines + t * half + i);
}

/* ---- attention ---- */

static float *keys_of(const struct run *run, uint64_t layer, uint64_t head) {
    return run->call->state + (layer * run->plan->n_kv_head + head) * state_floats(run->plan);
}

static float *values_of(const struct run *run, uint64_t layer, uint64_t head) {
    return keys_of(run, layer, head) + rounded(run->plan->capacity, TILE) * run->plan->head_size;
}

/* Normalise and rotate one head of a query or key, into whole tiles with zeros at the end. */
static void make_head(const struct run *run, uint32_t t, const float *from, float *head) {
    const struct plan *p = run->plan;
    uint32_t half = p->head_size / 2;
    memset(head, 0, run->s.head_row * sizeof *head);
    memcpy(head, from, p->head_size * sizeof *head);
    if (p->qk_norm) normalise(head, head, p->head_size, NULL);
    if (!p->rotary) return;
    const float *cosine = run->s.cosines + t * half, *sine = run->s.sines + t * half;
    for (uint32_t i = 0; i < half; i++) {
        float a = head[i], b = head[half + i];
        head[i] = a * cosine[i] - b * sine[i];
        head[half + i] = b * cosine[i] + a * sine[i];
    }
}

static void append_entries(const struct run *run, uint64_t layer) {
    const struct plan *p = run->plan;
    uint64_t size = p->head_size, row = run->s.head_row;
    float *head = run->s.scores;
    for (uint32_t t = 0; t < run->call->count; t++) {
        const float *fused = run->s.wide + t * run->s.wide_width + p->n_head * size;
        uint64_t entry = run->call->past + t;
        for (uint32_t g = 0; g < p->n_kv_head; g++) {
            float *keys = keys_of(run, layer, g) + entry / TILE * size * TILE + entry % TILE;
            float *values = values_of(run, layer, g) + entry * row;
            make_head(run, t, fused + g * size, head);
            for (uint64_t i = 0; i < size; i++) keys[i * TILE] = head[i];
            memset(values, 0, row * sizeof *values);
            memcpy(values, fused + (p->n_kv_head + g) * size, size * sizeof *values);
        }
    }
}

static void make_queries(const struct run *run, const struct layer *layer, uint32_t first) {
    const struct plan *p = run->plan;
    const float *gains = floats_at(run, layer->q_gain);
    float scale = 1.0f / __builtin_sqrtf((float)p->head_size);
    for (uint32_t t = first; t < run->call->count; t++)
        for (uint32_t h = 0; h < p->n_head; h++) {
            float *head = run->s.queries + t * run->s.query_row + h * run->s.head_row;
            make_head(run, t, run->s.wide + t * run->s.wide_width + h * p->head_size, head);
            float factor = gains ? gains[h] * scale : scale;
            for (uint32_t i = 0; i < p->head_size; i++) head[i] *= factor;
        }
}

struct look { /* one token and head, and the entries it sees */
    const float *query;
    float *scores, *out;
    uint32_t from, to;
};

/* The scores of G looks for T tiles of keys. */
INLINE void score_tiles(
    struct look *look, const float *keys, uint32_t size, uint32_t tile, const int G, const int T
) {
    vf sum[HEADS_AT_ONCE];
    UNROLLED for (int i = 0; i < G * T; i++) sum[i] = vf_set(0);
    const float *at = keys + (uint64_t)tile * size * TILE;
    for (uint32_t d = 0; d < size; d++)
        UNROLLED for (int j = 0; j < T; j++) {
            vf key = vf_load(at + ((uint64_t)j * size + d) * TILE);
            UNROLLED for (int g = 0; g < G; g++)
                sum[g * T + j] = vf_add(sum[g * T + j], vf_scale(key, look[g].query[d]));
        }
    UNROLLED for (int g = 0; g < G; g++)
        UNROLLED for (int j = 0; j < T; j++)
            vf_store(look[g].scores + (uint64_t)(tile + j) * TILE, sum[g * T + j]);
}

INLINE void score(struct look *look, const float *keys, uint32_t size, const int G, const int T) {
    uint32_t tile = look[0].from / TILE, end = (look[G - 1].to + TILE - 1) / TILE;
    for (; tile + T <= end; tile += T) score_tiles(look, keys, size, tile, G, T);
    for (; tile < end; tile++) score_tiles(look, keys, size, tile, G, 1);
}

/* Replace scores by their exponentials; returns the inverse of their sum. */
static float exponents(const struct look *look) {
    float *s = look->scores + look->from;
    uint32_t n = look->to - look->from, whole = n / TILE * TILE;
    float largest = LEAST_SCORE;
    for (uint32_t i = whole; i < n; i++) largest = s[i] > largest ? s[i] : largest;
    vf most = vf_set(largest), sum = vf_set(0);
    for (uint32_t i = 0; i < whole; i += TILE) most = vf_max(most, vf_load(s + i));
    vf top = vf_set(vf_largest(most));
    for (uint32_t i = 0; i < n; i += TILE) {
        vf e = vf_exp(vf_sub(vf_load(s + i), top));
        if (i >= whole) e = vf_first(e, (int)(n - whole));
        sum = vf_add(sum, e);
        vf_store(s + i, e);
    }
    return 1.0f / vf_sum(sum);
}

/* Add the weighted values of entries from .. to - 1 to sum, for G looks and D tiles of a head. */
INLINE void mix(
    const struct look *look, const float *values, uint64_t row, uint32_t from, uint32_t to, vf *sum,
    const int G, const int D
) {
    for (uint32_t j = from; j < to; j++)
        UNROLLED for (int d = 0; d < D; d++) {
            vf value = vf_load(values + j * row + d * TILE);
            UNROLLED for (int g = 0; g < G; g++)
                sum[g * D + d] = vf_add(sum[g * D + d], vf_scale(value, look[g].scores[j]));
        }
}

/* Store D tiles of the results of G looks. Entries that all of them see are read once for all. */
INLINE void mix_tiles(
    const struct look *look, const float *values, uint64_t row, uint64_t tile, const float *inverse,
    const int G, const int D
) {
    uint32_t from = look[G - 1].from, to = look[0].to;
    vf sum[HEADS_AT_ONCE];
    UNROLLED for (int i = 0; i < G * D; i++) sum[i] = vf_set(0);
    values += tile * TILE;
    if (G > 1)
        UNROLLED for (int g = 0; g < G; g++) mix(look + g, values, row, look[g].from, from, sum + g, 1, D);
    mix(look, values, row, from, to, sum, G, D);
    if (G > 1)
        UNROLLED for (int g = 0; g < G; g++) mix(look + g, values, row, to, look[g].to, sum + g, 1, D);
    UNROLLED for (int g = 0; g < G; g++)
        UNROLLED for (int d = 0; d < D; d++)
            vf_store(look[g].out + (tile + d) * TILE, vf_scale(sum[g * D + d], inverse[g]));
}

INLINE void attend(
    struct look *look, const float *keys, const float *values, uint32_t size, uint64_t row,
    const int G
) {
    float inverse[HEADS_AT_ONCE];
    const int D = HEADS_AT_ONCE / G;
    score(look, keys, size, G, HEADS_AT_ONCE / G);
    UNROLLED for (int g = 0; g < G; g++) inverse[g] = exponents(look + g);
    uint64_t tiles = row / TILE, tile = 0;
    if (G == 1)
        for (; tile + D <= tiles; tile += D)
            mix_tiles(look, values, row, tile, inverse, G, D);
    for (; tile < tiles; tile++) mix_tiles(look, values, row, tile, inverse, G, 1);
}

struct attention {
    const struct run *run;
    uint64_t layer;
    uint32_t first; /* row */
};

static struct look look_of(const struct attention *job, uint64_t head, uint32_t index, float *s) {
    const struct run *run = job->run;
    uint32_t group = run->plan->n_head / run->plan->n_kv_head;
    uint32_t t = job->first + index / group;
    uint64_t h = head * group + index % group;
    uint32_t to = run->call->past + t + 1, window = run->plan->window;
    float *query = run->s.queries + t * run->s.query_row + h * run->s.head_row;
    return (struct look){query, s, query, to > window ? to - window : 0, to};
}

/* The looks of one thread's key/value heads, in order; the results replace the queries. */
static void attend_part(void *context, uint32_t part, uint32_t parts) {
    const struct attention *job = context;
    const struct run *run = job->run;
    uint32_t group = run->plan->n_head / run->plan->n_kv_head, size = run->plan->head_size;
    uint32_t looks = (run->call->count - job->first) * group;
    uint64_t row = run->s.head_row;
    float *scores = run->s.scores + part * HEADS_AT_ONCE * run->s.score_row;
    for (uint32_t head = part; head < run->plan->n_kv_head; head += parts) {
        const float *keys = keys_of(run, job->layer, head);
        const float *values = values_of(run, job->layer, head);
        for (uint32_t i = 0; i < looks;) {
            struct look look[HEADS_AT_ONCE];
            uint32_t some = 0;
            while (some < HEADS_AT_ONCE && i + some < looks) {
                look[some] = look_of(job, head, i + some, scores + some * run->s.score_row);
                if (look[some].from >= look[0].to) break;
                some++;
            }
            if (some >= 4)
                attend(look, keys, values, size, row, 4), i += 4;
            else if (some >= 2)
                attend(look, keys, values, size, row, 2), i += 2;
            else
                attend(look, keys, values, size, row, 1), i += 1;
        }
    }
}

/* The heads of each row next to each other, without the zeros between them. */
static const float *mixed_rows(const struct run *run, uint32_t first, uint64_t *stride) {
    const struct plan *p = run->plan;
    uint64_t size = p->head_size;
    *stride = run->s.query_row;
    if (size == run->s.head_row) return run->s.queries;
    *stride = rounded(p->n_head * size, TILE);
    for (uint32_t t = first; t < run->call->count; t++) {
        float *to = run->s.mixed + t * *stride;
        memset(to, 0, *stride * sizeof *to);
        for (uint64_t h = 0; h < p->n_head; h++) {
            const float *from = run->s.queries + t * run->s.query_row + h * run->s.head_row;
            memcpy(to + h * size, from, size * sizeof *to);
        }
    }
    return run->s.mixed;
}

/* Compute keys and values of all rows, and queries of those from first on. */
static void project_heads(const struct run *run, const struct layer *layer, uint32_t first) {
    const struct plan *p = run->plan;
    uint32_t count = run->call->count;
    struct input in = prepare(run, &layer->qkv, run->s.h, run->s.width, 0, count);
    uint64_t tiles = rounded(layer->qkv.rows, TILE) / TILE, stride = run->s.wide_width;
    uint64_t queries = p->n_head * p->head_size;
    if (first == 0) {
        multiply(run, &layer->qkv, in, 0, run->s.wide, stride);
        return;
    }
    float *out = run->s.wide;
    multiply_tiles(run, &layer->qkv, in, 0, count, queries / TILE, tiles, out, stride);
    if (first < count)
        multiply_tiles(run, &layer->qkv, in, first, count, 0, rounded(queries, TILE) / TILE,
                       out + first * stride, stride);
}

static void attention(const struct run *run, uint64_t index, uint32_t first) {
    const struct layer *layer = plan_layers(run->plan) + index;
    project_heads(run, layer, first);
    append_entries(run, index);
    if (first == run->call->count) return;
    make_queries(run, layer, first);
    struct attention job = {run, index, first};
    pool_run(run->call->pool, attend_part, &job);
    uint64_t stride;
    const float *mixed = mixed_rows(run, first, &stride);
    struct input in = prepare(run, &layer->projection, mixed, stride, first, run->call->count);
    multiply(run, &layer->projection, in, first, run->s.h, run->s.width);
    add_rows(run, run->s.h, first);
}

/* ---- feed-forward ---- */

INLINE vf activated(enum activation kind, vf up, vf gate) {
    if (kind == RELU2) {
        vf x = vf_max(up, vf_set(0));
        return vf_mul(x, x);
    }
    if (kind == SWIGLU) {
        vf e = vf_exp(vf_sub(vf_set(0), gate));
        return vf_mul(vf_div(gate, vf_add(vf_set(1), e)), up);
    }
    vf inner;
    if (kind == GELU) {
        inner = vf_erf(vf_scale(up, 0.70710678f));
    } else {
        vf cube = vf_mul(vf_mul(up, up), up);
        inner = vf_tanh(vf_scale(vf_add(up, vf_scale(cube, 0.044715f)), 0.79788456f));
    }
    return vf_mul(vf_scale(up, 0.5f), vf_add(inner, vf_set(1)));
}

static void activate(const struct run *run, uint32_t first) {
    uint64_t hidden = run->s.hidden;
    enum activation kind = run->plan->activation;
    for (uint32_t t = first; t < run->call->count; t++) {
        float *up = run->s.wide + t * hidden, *gate = run->s.gated + t * hidden;
        for (uint64_t i = 0; i < hidden; i += TILE) {
            vf other = kind == SWIGLU ? vf_load(gate + i) : vf_set(0);
            vf_store(up + i, activated(kind, vf_load(up + i), other));
        }
    }
}

static void feed_forward(const struct run *run, const struct layer *layer, uint32_t first) {
    uint32_t count = run->call->count;
    uint64_t hidden = run->s.hidden;
    struct input in = prepare(run, &layer->up, run->s.h, run->s.width, first, count);
    multiply(run, &layer->up, in, first, run->s.wide, hidden);
    if (run->plan->activation == SWIGLU) {
        in = prepare(run, &layer->gate, run->s.h, run->s.width, first, count);
        multiply(run, &layer->gate, in, first, run->s.gated, hidden);
    }
    activate(run, first);
    in = prepare(run, &layer->down, run->s.wide, hidden, first, count);
    multiply(run, &layer->down, in, first, run->s.h, run->s.width);
    add_rows(run, run->s.h, first);
}

/* ---- the whole ---- */

static void skip(const struct run *run, const struct layer *layer) {
    const float *gains = floats_at(run, layer->skip_gains);
    if (!gains) return;
    uint64_t end = run->call->count * run->s.width;
    for (uint64_t i = 0; i < end; i += TILE) {
        vf x = vf_scale(vf_load(run->s.x + i), gains[0]);
        vf_store(run->s.x + i, vf_add(x, vf_scale(vf_load(run->s.x0 + i), gains[1])));
    }
}

static void give_logits(const struct run *run, uint32_t first) {
    const struct plan *p = run->plan;
    norm(run, p->final_norm, p->final_norm_bias, first);
    struct input in = prepare(run, &p->head, run->s.h, run->s.width, first, run->call->count);
    uint64_t stride = rounded(p->vocabulary_size, TILE), tiles = stride / TILE;
    float *out = run->call->logits;
    multiply_tiles(run, &p->head, in, first, run->call->count, 0, tiles, out, stride);
    if (!(p->softcap > 0)) return;
    float inverse = 1.0f / p->softcap;
    for (uint64_t i = 0; i < run->call->wanted * stride; i += TILE)
        vf_store(out + i, vf_scale(vf_tanh(vf_scale(vf_load(out + i), inverse)), p->softcap));
}

static void step(const struct call *call) {
    const struct plan *plan = call->plan;
    struct run run = {call, plan, {0}};
    carve(plan, call->arena, 1, &run.s);
    uint32_t first = 0; /* the first row needed: of others, the last layer needs only keys and values */
    embed(&run);
    if (plan->rotary) find_rotations(&run);
    for (uint32_t i = 0; i < plan->n_layer; i++) {
        const struct layer *layer = plan_layers(plan) + i;
        if (i == plan->n_layer - 1) first = call->count - call->wanted;
        skip(&run, layer);
        norm(&run, layer->attention_norm, layer->attention_norm_bias, 0);
        attention(&run, i, first);
        if (first == call->count) return;
        norm(&run, layer->ffn_norm, layer->ffn_norm_bias, first);
        feed_forward(&run, layer, first);
    }
    give_logits(&run, first);
}

#define JOINED(a, b) a##b
#define NAMED(a, b) JOINED(a, b)
#define QUOTED(a) #a
#define STRING(a) QUOTED(a)
const struct path NAMED(path_, PATH) = {STRING(PATH), step};
