/* The part of a C library that run_vectors.c and the kernel use, for 64-bit Arm under Linux: memory
 * that is never given back, files that are read and written without a buffer, and no threads.
 *
 * To compile a whole C library for an emulated processor takes a minute. The kernel needs none.
 */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

enum { OPENAT = 56, CLOSE = 57, READ = 63, WRITE = 64, EXIT_GROUP = 94, CURRENT_FOLDER = -100 };
enum { MEMORY = 1 << 28 };

struct _IO_FILE {
    long number;
};
static struct _IO_FILE output = {1}, errors = {2}, opened;
FILE *const stdout = &output, *const stderr = &errors;

static long call(long number, long a, const void *b, long c) {
    register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x2 __asm__("x2") = c;
    register const void *x1 __asm__("x1") = b;
    register long x3 __asm__("x3") = 0;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
    return x0;
}

/* The start of a program: the stack holds the arguments, the environment and the auxiliary vector. */
int main(int count, char **arguments);
static unsigned long *auxiliary;

__attribute__((used)) static void begin(long *stack) {
    char **environment = (char **)(stack + 1) + *stack + 1;
    while (*environment) environment++;
    auxiliary = (unsigned long *)(environment + 1);
    exit(main((int)*stack, (char **)(stack + 1)));
}
__asm__(".globl _start\n_start:\n mov x0, sp\n bl begin\n");

unsigned long getauxval(unsigned long type) {
    for (unsigned long *pair = auxiliary; *pair; pair += 2)
        if (*pair == type) return pair[1];
    return 0;
}

void exit(int status) {
    for (;;) call(EXIT_GROUP, status, NULL, 0);
}

int atoi(const char *text) {
    int value = 0;
    while (*text) value = value * 10 + *text++ - '0';
    return value;
}

/* Memory. With -fno-builtin, the compiler does not make these loops into calls of themselves. */
void *memcpy(void *restrict to, const void *restrict from, size_t size) {
    for (size_t i = 0; i < size; i++) ((char *)to)[i] = ((const char *)from)[i];
    return to;
}

void *memset(void *to, int value, size_t size) {
    for (size_t i = 0; i < size; i++) ((char *)to)[i] = (char)value;
    return to;
}

int memcmp(const void *a, const void *b, size_t size) {
    const unsigned char *left = a, *right = b;
    for (; size; size--, left++, right++)
        if (*left != *right) return *left - *right;
    return 0;
}

size_t strlen(const char *text) {
    size_t length = 0;
    while (text[length]) length++;
    return length;
}

void *aligned_alloc(size_t unit, size_t size) {
    static char memory[MEMORY] __attribute__((aligned(64)));
    static size_t used;
    size_t first = (used + unit - 1) / unit * unit;
    if (size > MEMORY - first) return NULL;
    used = first + size;
    return memory + first;
}

void *malloc(size_t size) { return aligned_alloc(16, size); }
void *calloc(size_t count, size_t size) { return malloc(count * size); } /* never used before: zero */
void free(void *memory) { (void)memory; }

/* Files. */
FILE *fopen(const char *restrict path, const char *restrict mode) {
    (void)mode;
    opened.number = call(OPENAT, CURRENT_FOLDER, path, 0);
    return opened.number < 0 ? NULL : &opened;
}

int fclose(FILE *file) { return (int)call(CLOSE, file->number, NULL, 0); }

size_t fread(void *restrict to, size_t size, size_t count, FILE *restrict file) {
    size_t wanted = size * count, got = 0;
    for (long some = 1; got < wanted && some > 0; got += (size_t)some)
        if ((some = call(READ, file->number, (char *)to + got, (long)(wanted - got))) < 0) some = 0;
    return got / size;
}

static void put(FILE *file, const char *text, size_t length) {
    call(WRITE, file->number, text, (long)length);
}

static void put_number(FILE *file, unsigned value) {
    if (value > 9) put_number(file, value / 10);
    put(file, &"0123456789"[value % 10], 1);
}

/* Understands %s, and %d and %u of what is not negative. */
static int print(FILE *file, const char *form, va_list values) {
    for (; *form; form++) {
        if (*form != '%') {
            put(file, form, 1);
            continue;
        }
        const char *text = *++form == 's' ? va_arg(values, const char *) : NULL;
        if (text) put(file, text, strlen(text));
        else put_number(file, va_arg(values, unsigned));
    }
    return 0;
}

int fprintf(FILE *restrict file, const char *restrict form, ...) {
    va_list values;
    va_start(values, form);
    print(file, form, values);
    va_end(values);
    return 0;
}

int printf(const char *restrict form, ...) {
    va_list values;
    va_start(values, form);
    print(stdout, form, values);
    va_end(values);
    return 0;
}

/* Threads: none can be started, and one needs no lock. */
int pthread_create(pthread_t *restrict t, const pthread_attr_t *restrict a, void *(*f)(void *),
                   void *restrict x) {
    (void)t, (void)a, (void)f, (void)x;
    return 1;
}
int pthread_join(pthread_t t, void **x) { return (void)t, (void)x, 1; }
int pthread_mutex_init(pthread_mutex_t *restrict m, const pthread_mutexattr_t *restrict a) {
    return (void)m, (void)a, 0;
}
int pthread_mutex_lock(pthread_mutex_t *m) { return (void)m, 0; }
int pthread_mutex_unlock(pthread_mutex_t *m) { return (void)m, 0; }
int pthread_cond_init(pthread_cond_t *restrict c, const pthread_condattr_t *restrict a) {
    return (void)c, (void)a, 0;
}
int pthread_cond_wait(pthread_cond_t *restrict c, pthread_mutex_t *restrict m) {
    return (void)c, (void)m, 1;
}
int pthread_cond_broadcast(pthread_cond_t *c) { return (void)c, 0; }
