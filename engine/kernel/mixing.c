/* How much weight local text gets: the matches of one place, mixed into the model's distribution.
 *
 * engine/local/mixing.py says what the two networks are for, and does the same in NumPy, up to
 * rounding. No C library: WebAssembly has none.
 */
#include "kernel.h"

#define LONGEST 8
#define MOST_MATCHES (SOURCES * LONGEST)
#define MOST_CORRECTED 12
#define MATCH_FACTS (11 + SOURCES)
#define TOKEN_FACTS (4 + 4 * SOURCES)
#define LEAST 1e-6f
#define MOST_NATS 6.0f
#define LN2 0.69314718f

/* What is known of one place while it is mixed. */
struct place {
    const struct mixing *mixing;
    float best; /* the model's highest probability */
    int32_t longest[SOURCES], overall;
    uint32_t begin[MOST_MATCHES + 1]; /* of the followers of each match */
    uint32_t corrected;
    int32_t tokens[MOST_CORRECTED]; /* the strongest first */
    float strengths[MOST_CORRECTED], model[MOST_CORRECTED];
};

union bits {
    float value;
    uint32_t word;
};

static float exponent(float x) { /* 2^n e^r with |r| <= ln(2) / 2 */
    x = x > -87.0f ? x < 88.0f ? x : 88.0f : -87.0f; /* also what is not a number */
    int32_t n = (int32_t)(x * 1.44269504f + (x < 0 ? -0.5f : 0.5f));
    float r = x - (float)n * 0.693359375f + (float)n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    union bits scale = {.word = (uint32_t)(n + 127) << 23};
    return (p * r * r + r + 1.0f) * scale.value;
}

static float logarithm(float x) { /* of a positive, normal number: n ln(2) + log(1 + m) */
    union bits b = {.value = x};
    int32_t n = (int32_t)(b.word >> 23) - 126;
    b.word = (b.word & 0x007fffff) | 0x3f000000; /* 0.5 to 1 */
    float m = b.value;
    if (m < 0.707106781f) m += m, n--;
    m -= 1.0f;
    float z = m * m, p = 7.0376836292e-2f;
    p = p * m - 1.1514610310e-1f;
    p = p * m + 1.1676998740e-1f;
    p = p * m - 1.2420140846e-1f;
    p = p * m + 1.4249322787e-1f;
    p = p * m - 1.6668057665e-1f;
    p = p * m + 2.0000714765e-1f;
    p = p * m - 2.4999993993e-1f;
    p = p * m + 3.3333331174e-1f;
    return m + (m * z * p - 0.5f * z) + (float)n * LN2;
}

static float log_least(float x) { return logarithm(x > LEAST ? x : LEAST); }

/* A perceptron with one hidden layer of rectified units. */
static float run(const float *network, uint32_t hidden, const float *facts, uint32_t count) {
    const float *bias = network + (size_t)hidden * count, *outward = bias + hidden;
    float value = outward[hidden];
    for (uint32_t h = 0; h < hidden; h++) {
        float sum = bias[h];
        for (uint32_t f = 0; f < count; f++) sum += network[(size_t)h * count + f] * facts[f];
        if (sum > 0) value += outward[h] * sum;
    }
    return value;
}

static int32_t *last_of(const struct mixing *m, int32_t id) {
    return m->last + (size_t)id * SOURCES;
}

/* A follower and its match, in one number. */
static int32_t packed(uint32_t follower, uint32_t match) { return (int32_t)(follower << 5 | match); }

static enum result open_place(struct place *s, const struct mixing *m) {
    if (m->count > MOST_MATCHES || m->followers >= 1u << 26) return BAD_COUNT;
    s->mixing = m;
    s->best = 0;
    s->overall = 0;
    s->corrected = 0;
    for (uint32_t i = 0; i < m->vocabulary; i++)
        if (m->probabilities[i] > s->best) s->best = m->probabilities[i];
    for (int32_t source = 0; source < SOURCES; source++) s->longest[source] = 0;
    s->begin[0] = 0;
    for (uint32_t k = 0; k < m->count; k++) {
        const struct match *a = &m->matches[k];
        if (a->source < 0 || a->source >= SOURCES || a->distinct < 1 || a->total < 1) return BAD_COUNT;
        if (a->order > s->longest[a->source]) s->longest[a->source] = a->order;
        if (a->order > s->overall) s->overall = a->order;
        s->begin[k + 1] = s->begin[k] + (uint32_t)a->distinct;
        if (s->begin[k + 1] > m->followers) return BAD_COUNT;
    }
    for (uint32_t i = 0; i < m->followers; i++) {
        if (m->ids[i] < 0 || (uint32_t)m->ids[i] >= m->vocabulary) return BAD_ID;
        for (int32_t source = 0; source < SOURCES; source++) last_of(m, m->ids[i])[source] = -1;
    }
    for (uint32_t k = 0; k < m->count; k++)
        for (uint32_t i = s->begin[k]; i < s->begin[k + 1]; i++)
            last_of(m, m->ids[i])[m->matches[k].source] = packed(i, k);
    return DONE;
}

/* By what tokens are chosen for correction: the longest match, then the share in it. */
static float strength(const struct mixing *m, const int32_t *last) {
    float strongest = 0;
    for (int32_t source = 0; source < SOURCES; source++) {
        if (last[source] < 0) continue;
        const struct match *a = &m->matches[last[source] & 31];
        float share = m->counts[last[source] >> 5] / (float)a->total;
        float one = (float)a->order + 0.999f * share;
        if (one > strongest) strongest = one;
    }
    return strongest;
}

static void insert(struct place *s, int32_t id, float strength) {
    uint32_t at = s->corrected;
    while (at > 0 && (s->strengths[at - 1] < strength ||
                      (s->strengths[at - 1] == strength && s->tokens[at - 1] > id)))
        at--;
    if (at >= MOST_CORRECTED) return;
    if (s->corrected < MOST_CORRECTED) s->corrected++;
    for (uint32_t j = s->corrected - 1; j > at; j--)
        s->tokens[j] = s->tokens[j - 1], s->strengths[j] = s->strengths[j - 1];
    s->tokens[at] = id, s->strengths[at] = strength;
}

static void choose(struct place *s) {
    const struct mixing *m = s->mixing;
    for (uint32_t k = 0; k < m->count; k++)
        for (uint32_t i = s->begin[k]; i < s->begin[k + 1]; i++) {
            const int32_t *last = last_of(m, m->ids[i]);
            int32_t first = 0; /* each token once: at its longest match in its first source */
            while (last[first] < 0) first++;
            if (last[first] == packed(i, k)) insert(s, m->ids[i], strength(m, last));
        }
    for (uint32_t c = 0; c < s->corrected; c++) s->model[c] = m->probabilities[s->tokens[c]];
}

static float share_of(const struct place *s, uint32_t k) {
    const struct mixing *m = s->mixing;
    const struct match *a = &m->matches[k];
    uint32_t top = s->begin[k];
    for (uint32_t i = top; i < s->begin[k + 1]; i++)
        if (m->counts[i] > m->counts[top]) top = i;
    float order = (float)a->order, total = (float)a->total, of_top = m->probabilities[m->ids[top]];
    float facts[MATCH_FACTS] = {
        order / LONGEST,
        a->order == 1,
        a->order == 2,
        (float)s->longest[a->source] / LONGEST,
        (float)s->overall / LONGEST,
        logarithm(1 + total) / 5,
        logarithm((float)a->distinct) / 5,
        m->counts[top] / total,
        log_least(of_top) / 10,
        log_least(s->best) / 2,
        of_top == s->best,
        a->source == 0,
        a->source == 1,
        a->source == 2,
    };
    return 1 / (1 + exponent(-run(m->pull, m->pull_hidden, facts, MATCH_FACTS)));
}

static void pull(const struct place *s) {
    const struct mixing *m = s->mixing;
    float left = 1, weights[MOST_MATCHES], *p = m->probabilities;
    for (uint32_t k = m->count; k-- > 0;) {
        float share = share_of(s, k);
        weights[k] = left * share / (float)m->matches[k].total;
        left *= 1 - share;
    }
    for (uint32_t i = 0; i < m->vocabulary; i++) p[i] *= left;
    for (uint32_t k = 0; k < m->count; k++)
        for (uint32_t i = s->begin[k]; i < s->begin[k + 1]; i++)
            p[m->ids[i]] += weights[k] * m->counts[i];
}

static float nats(const struct place *s, uint32_t c, float mass) {
    const struct mixing *m = s->mixing;
    const int32_t *last = last_of(m, s->tokens[c]);
    float facts[TOKEN_FACTS];
    for (int32_t source = 0; source < SOURCES; source++) {
        int32_t there = last[source] >= 0, follower = there ? last[source] : 0;
        const struct match *a = &m->matches[follower & 31];
        float count = there ? m->counts[follower >> 5] : 0;
        facts[source] = there ? (float)a->order / LONGEST : 0;
        facts[SOURCES + source] = count / (float)a->total;
        facts[2 * SOURCES + source] = logarithm(1 + count) / 3;
        facts[3 * SOURCES + source] = (float)s->longest[source] / LONGEST;
    }
    facts[4 * SOURCES] = log_least(s->model[c]) / 5;
    facts[4 * SOURCES + 1] = s->best;
    facts[4 * SOURCES + 2] = log_least(m->probabilities[s->tokens[c]]) / 5;
    facts[4 * SOURCES + 3] = mass;
    float found = run(m->correct, m->correct_hidden, facts, TOKEN_FACTS);
    return found > MOST_NATS ? MOST_NATS : found < -MOST_NATS ? -MOST_NATS : found;
}

static void correct(const struct place *s) {
    const struct mixing *m = s->mixing;
    float *p = m->probabilities, mass = 0, change = 0, after[MOST_CORRECTED];
    for (uint32_t c = 0; c < s->corrected; c++) mass += p[s->tokens[c]];
    for (uint32_t c = 0; c < s->corrected; c++) {
        float before = p[s->tokens[c]];
        after[c] = before * exponent(nats(s, c, mass));
        change += after[c] - before;
    }
    for (uint32_t c = 0; c < s->corrected; c++) p[s->tokens[c]] = after[c];
    for (uint32_t i = 0; i < m->vocabulary; i++) p[i] /= 1 + change;
}

KERNEL_API(kernel_mix) int32_t kernel_mix(const struct mixing *m) {
    struct place s;
    enum result result = open_place(&s, m);
    if (result != DONE || !m->count) return (int32_t)result;
    choose(&s);
    pull(&s);
    correct(&s);
    return DONE;
}
