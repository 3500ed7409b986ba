/* Runs the cases of a file (cases.py, write_vectors) on every path of this machine, and compares
 * the logits bit by bit. All memory is of the exact size, so that a sanitizer sees a step beyond.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"

uint32_t kernel_abi(void);
const char *kernel_path_name(int32_t path);
int32_t kernel_path_runs(int32_t path);
uint64_t kernel_state_bytes(const struct plan *plan);
uint64_t kernel_arena_bytes(const struct plan *plan, uint32_t threads);
int32_t kernel_step(int32_t path, const struct call *call);
int32_t kernel_move(const struct plan *plan, float *state, uint32_t first, uint32_t length);
struct pool *kernel_pool_open(uint32_t threads);
void kernel_pool_close(struct pool *pool);

static void *read_bytes(FILE *file, size_t size) {
    void *bytes = aligned_alloc(64, (size + 63) / 64 * 64 + (size == 0) * 64);
    if (!bytes || fread(bytes, 1, size, file) != size) {
        fprintf(stderr, "the file of vectors is cut short\n");
        exit(2);
    }
    return bytes;
}

static int same(const float *found, const float *wanted, uint32_t rows, uint32_t used) {
    uint64_t width = rounded(used, TILE);
    for (uint32_t row = 0; row < rows; row++)
        if (memcmp(found + row * width, wanted + row * width, used * sizeof *found)) return 0;
    return 1;
}

static int run_script(FILE *file, struct call call, int32_t path, uint32_t length) {
    int failures = 0;
    uint64_t width = rounded(call.plan->vocabulary_size, TILE);
    for (uint32_t i = 0; i < length; i++) {
        uint32_t *head = read_bytes(file, 5 * sizeof *head);
        if (head[0] == 0) {
            failures += kernel_move(call.plan, call.state, head[1], head[2]) != DONE;
            free(head);
            continue;
        }
        uint64_t size = head[3] * width * sizeof(float);
        int32_t *ids = read_bytes(file, head[0] * sizeof *ids);
        float *wanted = read_bytes(file, size), *logits = malloc(size + !size);
        call.ids = ids, call.logits = logits;
        call.count = head[0], call.past = head[1], call.position = head[2], call.wanted = head[3];
        int result = kernel_step(path, &call);
        if (result != DONE || !same(logits, wanted, head[3], call.plan->vocabulary_size)) {
            fprintf(stderr, "%s: step %u differs (result %d)\n", kernel_path_name(path), i, result);
            failures++;
        }
        free(logits), free(wanted), free(ids), free(head);
    }
    return failures;
}

static int run_case(FILE *file, int32_t path, uint32_t threads, const uint32_t *sizes) {
    struct plan *plan = read_bytes(file, sizes[0]);
    uint8_t *weights = read_bytes(file, sizes[1]);
    uint64_t state = kernel_state_bytes(plan), arena = kernel_arena_bytes(plan, threads);
    struct call call = {.plan = plan, .weights = weights};
    call.state = malloc(state), call.arena = aligned_alloc(64, arena);
    memset(call.state, 0xff, state); /* not a number: what was not written must not be read */
    memset(call.arena, 0xff, arena);
    call.pool = kernel_pool_open(threads);
    int failures = run_script(file, call, path, sizes[2]);
    kernel_pool_close(call.pool);
    free(call.arena), free(call.state), free(weights), free(plan);
    return failures;
}

int main(int count, char **arguments) {
    int failures = 0;
    uint32_t threads = count > 2 ? (uint32_t)atoi(arguments[2]) : 1;
    for (int32_t path = 0; kernel_path_name(path); path++) {
        if (!kernel_path_runs(path)) continue;
        FILE *file = fopen(arguments[1], "rb");
        uint32_t sizes[3];
        int cases = 0;
        for (; fread(sizes, sizeof sizes, 1, file) == 1; cases++)
            failures += run_case(file, path, threads, sizes);
        fclose(file);
        printf("%s: %d cases\n", kernel_path_name(path), cases);
    }
    return failures != 0;
}
