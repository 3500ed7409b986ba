/* A pool of POSIX or Windows threads. The caller does part 0 of the work. */
#include "pool.h"

#if !defined(__wasm__)

#include <stdlib.h>

#if defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
typedef SRWLOCK lock;
typedef CONDITION_VARIABLE signal_;
typedef HANDLE thread;
#define lock_init(l) InitializeSRWLock(l)
#define lock_take(l) AcquireSRWLockExclusive(l)
#define lock_give(l) ReleaseSRWLockExclusive(l)
#define signal_init(s) InitializeConditionVariable(s)
#define signal_wait(s, l) SleepConditionVariableSRW(s, l, INFINITE, 0)
#define signal_all(s) WakeAllConditionVariable(s)
#else
#include <pthread.h>
typedef pthread_mutex_t lock;
typedef pthread_cond_t signal_;
typedef pthread_t thread;
#define lock_init(l) pthread_mutex_init(l, NULL)
#define lock_take(l) pthread_mutex_lock(l)
#define lock_give(l) pthread_mutex_unlock(l)
#define signal_init(s) pthread_cond_init(s, NULL)
#define signal_wait(s, l) pthread_cond_wait(s, l)
#define signal_all(s) pthread_cond_broadcast(s)
#endif

#define SPINS 2000 /* reads of the counter before a thread goes to sleep */

struct pool {
    lock lock;
    signal_ begun, ended;
    pool_task *task;
    void *context;
    uint32_t threads, started, generation, left;
    int ending;
    thread handles[MOST_THREADS];
};

struct seat {
    struct pool *pool;
    uint32_t part;
};

static uint32_t seen(uint32_t *value) { return __atomic_load_n(value, __ATOMIC_ACQUIRE); }

static void work(struct pool *pool, uint32_t part) {
    uint32_t done = 0;
    for (;;) {
        for (int i = 0; i < SPINS && seen(&pool->generation) == done; i++) {}
        lock_take(&pool->lock);
        while (pool->generation == done && !pool->ending) signal_wait(&pool->begun, &pool->lock);
        done = pool->generation;
        int ending = pool->ending;
        lock_give(&pool->lock);
        if (ending) return;
        pool->task(pool->context, part, pool->threads);
        lock_take(&pool->lock);
        __atomic_store_n(&pool->left, pool->left - 1, __ATOMIC_RELEASE);
        if (!pool->left) signal_all(&pool->ended);
        lock_give(&pool->lock);
    }
}

#if defined(_WIN32)
static DWORD WINAPI enter(void *argument) {
#else
static void *enter(void *argument) {
#endif
    struct seat seat = *(struct seat *)argument;
    free(argument);
    work(seat.pool, seat.part);
    return 0;
}

static int start(struct pool *pool, uint32_t part) {
    struct seat *seat = malloc(sizeof *seat);
    if (!seat) return 0;
    *seat = (struct seat){pool, part};
    thread *handle = &pool->handles[part];
#if defined(_WIN32)
    *handle = CreateThread(NULL, 0, enter, seat, 0, NULL);
    int started = *handle != NULL;
#else
    int started = pthread_create(handle, NULL, enter, seat) == 0;
#endif
    if (!started) free(seat);
    return started;
}

KERNEL_API(kernel_pool_close) void kernel_pool_close(struct pool *pool) {
    if (!pool) return;
    lock_take(&pool->lock);
    pool->ending = 1;
    signal_all(&pool->begun);
    lock_give(&pool->lock);
    for (uint32_t part = 1; part <= pool->started; part++) {
#if defined(_WIN32)
        WaitForSingleObject(pool->handles[part], INFINITE);
        CloseHandle(pool->handles[part]);
#else
        pthread_join(pool->handles[part], NULL);
#endif
    }
    free(pool);
}

/* A pool of so many threads, the caller included; NULL if they cannot be started. */
KERNEL_API(kernel_pool_open) struct pool *kernel_pool_open(uint32_t threads) {
    if (threads < 2 || threads > MOST_THREADS) return NULL;
    struct pool *pool = calloc(1, sizeof *pool);
    if (!pool) return NULL;
    lock_init(&pool->lock);
    signal_init(&pool->begun);
    signal_init(&pool->ended);
    pool->threads = threads;
    while (pool->started < threads - 1 && start(pool, pool->started + 1)) pool->started++;
    if (pool->started == threads - 1) return pool;
    kernel_pool_close(pool);
    return NULL;
}

void pool_run(struct pool *pool, pool_task *task, void *context) {
    if (!pool) {
        task(context, 0, 1);
        return;
    }
    lock_take(&pool->lock);
    pool->task = task, pool->context = context;
    pool->left = pool->threads - 1;
    __atomic_store_n(&pool->generation, pool->generation + 1, __ATOMIC_RELEASE);
    signal_all(&pool->begun);
    lock_give(&pool->lock);
    task(context, 0, pool->threads);
    for (int i = 0; i < SPINS && seen(&pool->left); i++) {}
    lock_take(&pool->lock);
    while (pool->left) signal_wait(&pool->ended, &pool->lock);
    lock_give(&pool->lock);
}

#endif
