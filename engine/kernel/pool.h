/* Threads that divide one task at a time among them, and wait between tasks. */
#ifndef POOL_H
#define POOL_H

#include "kernel.h"

typedef void pool_task(void *context, uint32_t part, uint32_t parts);

#if defined(__wasm__)
struct pool { int none; };
static inline void pool_run(struct pool *pool, pool_task *task, void *context) {
    (void)pool;
    task(context, 0, 1);
}
#else
void pool_run(struct pool *pool, pool_task *task, void *context);
#endif

#endif
