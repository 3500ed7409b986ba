/* The kernel's exported functions: the choice of a path, and checked calls.
 *
 * Offsets and sizes in a plan were checked before it was made (engine/kernel/plan.py). The arguments
 * of each call are checked here: tokens, room, positions.
 */
#include "arena.h"

#if defined(__wasm__)
#define PATH_LIST X(wasm)
#elif defined(__x86_64__)
#include <cpuid.h>
#if defined(WITHOUT_AVXVNNI)
#define LIST_AVXVNNI
#else
#define LIST_AVXVNNI X(avxvnni)
#endif
#if defined(WITHOUT_AVX512)
#define LIST_AVX512
#else
#define LIST_AVX512 X(avx512)
#endif
#define PATH_LIST X(scalar) X(sse2) X(avx2) LIST_AVXVNNI LIST_AVX512
#elif defined(__aarch64__)
#if defined(__linux__)
#include <sys/auxv.h>
#elif defined(__APPLE__)
#include <sys/sysctl.h>
#elif defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#endif
#if defined(WITHOUT_DOTPROD)
#define PATH_LIST X(scalar) X(neon)
#else
#define PATH_LIST X(scalar) X(neon) X(dotprod)
#endif
#else
#define PATH_LIST X(scalar)
#endif

#define X(name) extern const struct path path_##name;
PATH_LIST
#undef X
#define X(name) &path_##name,
static const struct path *const PATHS[] = {PATH_LIST};
#undef X
#define PATH_COUNT ((int32_t)(sizeof PATHS / sizeof *PATHS))

static int named(const char *a, const char *b) {
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

/* Whether this machine runs a path: the processor has its instructions, and the operating system
 * saves its registers. */
#if defined(__x86_64__)
#define BIT(word, number) ((word) >> (number) & 1)

static int runs(const char *name) {
    uint32_t a, b, c, d, b7, c7, low, high;
    if (named(name, "scalar") || named(name, "sse2")) return 1;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !BIT(c, 27)) return 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    if ((low & 0x06) != 0x06 || !__get_cpuid_count(7, 0, &a, &b7, &c7, &d)) return 0;
    if (!BIT(b7, 5)) return 0; /* AVX2 */
    if (named(name, "avx2")) return 1;
    if (named(name, "avxvnni")) return __get_cpuid_count(7, 1, &a, &b, &c, &d) && BIT(a, 4);
    int wide = BIT(b7, 16) && BIT(b7, 17) && BIT(b7, 30) && BIT(b7, 31); /* F, DQ, BW, VL */
    return wide && BIT(c7, 11) && (low & 0xe6) == 0xe6;
}
#elif defined(__aarch64__)
static int runs(const char *name) {
    if (!named(name, "dotprod")) return 1;
#if defined(__linux__)
    return getauxval(AT_HWCAP) >> 20 & 1;
#elif defined(__APPLE__)
    int found = 0;
    size_t size = sizeof found;
    return !sysctlbyname("hw.optional.arm.FEAT_DotProd", &found, &size, NULL, 0) && found;
#elif defined(_WIN32)
    return IsProcessorFeaturePresent(43); /* PF_ARM_V82_DP_INSTRUCTIONS_AVAILABLE */
#else
    return 0;
#endif
}
#else
static int runs(const char *name) {
    (void)name;
    return 1;
}
#endif

KERNEL_API(kernel_abi) uint32_t kernel_abi(void) { return KERNEL_ABI; }

/* The name of a path; NULL if there is none with that number. The last that runs is the best. */
KERNEL_API(kernel_path_name) const char *kernel_path_name(int32_t path) {
    return path >= 0 && path < PATH_COUNT ? PATHS[path]->name : NULL;
}

/* Querying the processor is slow on virtual machines, so it is queried once for each path. */
KERNEL_API(kernel_path_runs) int32_t kernel_path_runs(int32_t path) {
    static int8_t known[PATH_COUNT]; /* 0: not asked, 1: no, 2: yes */
    if (path < 0 || path >= PATH_COUNT) return 0;
    int8_t found = __atomic_load_n(&known[path], __ATOMIC_RELAXED);
    if (!found) {
        found = (int8_t)(1 + (runs(PATHS[path]->name) != 0));
        __atomic_store_n(&known[path], found, __ATOMIC_RELAXED);
    }
    return found == 2;
}

uint64_t state_floats(const struct plan *plan) {
    uint64_t entries = rounded(plan->capacity, TILE);
    return entries * (plan->head_size + rounded(plan->head_size, TILE));
}

KERNEL_API(kernel_state_bytes) uint64_t kernel_state_bytes(const struct plan *plan) {
    return (uint64_t)plan->n_layer * plan->n_kv_head * state_floats(plan) * sizeof(float);
}

KERNEL_API(kernel_arena_bytes) uint64_t kernel_arena_bytes(
    const struct plan *plan, uint32_t threads
) {
    struct scratch s;
    return carve(plan, NULL, threads, &s);
}

static enum result check(const struct call *call) {
    const struct plan *plan = call->plan;
    if (!call->count || call->count > MOST_ROWS || call->wanted > call->count) return BAD_COUNT;
    if ((uint64_t)call->past + call->count > plan->capacity) return NO_ROOM;
    if ((uint64_t)call->position + call->count > UINT32_MAX / 2) return BAD_POSITION;
    if (plan->positions != ABSENT && call->position + call->count > plan->capacity)
        return BAD_POSITION;
    for (uint32_t t = 0; t < call->count; t++)
        if (call->ids[t] < 0 || (uint32_t)call->ids[t] >= plan->vocabulary_size) return BAD_ID;
    return DONE;
}

KERNEL_API(kernel_step) int32_t kernel_step(int32_t path, const struct call *call) {
    if (!kernel_path_runs(path)) return BAD_PATH;
    enum result result = check(call);
    if (result == DONE) PATHS[path]->step(call);
    return (int32_t)result;
}

/* Move entries first .. first + length - 1 of the state to 0 .. length - 1. */
KERNEL_API(kernel_move) int32_t kernel_move(
    const struct plan *plan, float *state, uint32_t first, uint32_t length
) {
    if ((uint64_t)first + length > plan->capacity) return NO_ROOM;
    uint64_t size = plan->head_size, row = rounded(size, TILE);
    for (uint64_t head = 0; head < (uint64_t)plan->n_layer * plan->n_kv_head; head++) {
        float *keys = state + head * state_floats(plan);
        float *values = keys + rounded(plan->capacity, TILE) * size;
        for (uint64_t to = 0, from = first; to < length; to++, from++)
            for (uint64_t d = 0; d < size; d++)
                keys[(to / TILE * size + d) * TILE + to % TILE] =
                    keys[(from / TILE * size + d) * TILE + from % TILE];
        for (uint64_t i = 0; i < length * row; i++) values[i] = values[first * row + i];
    }
    return DONE;
}
