/* Mixes random local text into random distributions, and checks that what results is a distribution.
 * All memory is of the exact size, so that a sanitizer sees a step beyond.
 */
#include <stdio.h>
#include <stdlib.h>

#include "kernel.h"

int32_t kernel_mix(const struct mixing *mixing);

enum { PLACES = 2000, VOCABULARY = 50, FACTS = 14, TOKEN_FACTS = 16, HIDDEN = 6, LONGEST = 8 };

static uint32_t state = 1;

static uint32_t chance(uint32_t below) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % below;
}

static float *random_network(uint32_t facts) {
    uint32_t size = HIDDEN * (facts + 2) + 1;
    float *weights = malloc(size * sizeof *weights);
    for (uint32_t i = 0; i < size; i++) weights[i] = ((float)chance(2001) - 1000) / 400;
    return weights;
}

static float *random_distribution(void) {
    float *p = malloc(VOCABULARY * sizeof *p), total = 0;
    for (uint32_t i = 0; i < VOCABULARY; i++) total += p[i] = (float)(1 + chance(1000));
    for (uint32_t i = 0; i < VOCABULARY; i++) p[i] /= total;
    return p;
}

/* Matches of some orders in some sources, each with different followers. */
static void fill(struct mixing *m, struct match *matches, int32_t *ids, float *counts) {
    for (int32_t source = 0; source < SOURCES; source++) {
        int32_t longest = (int32_t)chance(LONGEST + 1);
        for (int32_t order = 1; order <= longest; order++) {
            int32_t distinct = 1 + (int32_t)chance(order < 3 ? VOCABULARY : 3), total = 0;
            uint32_t first = chance(VOCABULARY);
            for (int32_t i = 0; i < distinct; i++) {
                uint32_t count = 1 + chance(9);
                ids[m->followers] = (int32_t)((first + (uint32_t)i) % VOCABULARY);
                counts[m->followers++] = (float)count;
                total += (int32_t)count;
            }
            matches[m->count++] = (struct match){source, order, total, distinct};
        }
    }
}

int main(void) {
    int failures = 0;
    float *pull = random_network(FACTS), *correct = random_network(TOKEN_FACTS);
    for (int place = 0; place < PLACES; place++) {
        struct match matches[SOURCES * LONGEST];
        int32_t ids[SOURCES * LONGEST * VOCABULARY];
        float counts[SOURCES * LONGEST * VOCABULARY], total = 0, *p = random_distribution();
        struct mixing m = {.pull = pull, .correct = correct, .probabilities = p};
        m.vocabulary = VOCABULARY, m.pull_hidden = m.correct_hidden = HIDDEN;
        fill(&m, matches, ids, counts);
        /* copies of the exact size */
        struct match *found = malloc(m.count * sizeof *found + 1);
        int32_t *followers = malloc(m.followers * sizeof *followers + 1);
        float *often = malloc(m.followers * sizeof *often + 1);
        for (uint32_t i = 0; i < m.count; i++) found[i] = matches[i];
        for (uint32_t i = 0; i < m.followers; i++) followers[i] = ids[i], often[i] = counts[i];
        m.matches = found, m.ids = followers, m.counts = often;
        m.last = malloc(VOCABULARY * SOURCES * sizeof *m.last);
        int32_t result = kernel_mix(&m);
        for (uint32_t i = 0; i < VOCABULARY; i++) total += p[i];
        if (result != DONE || !(total > 0.999f && total < 1.001f)) {
            fprintf(stderr, "place %d: result %d, total %f\n", place, result, (double)total);
            failures++;
        }
        free(found), free(followers), free(often), free(m.last), free(p);
    }
    free(pull), free(correct);
    printf("mixing: %d places\n", PLACES);
    return failures != 0;
}
