/* The thin layer of vector operations on which step.c is built.
 *
 * A vf is 16 floats and a vi 16 integers on every machine, in PARTS registers of LANES lanes.
 * Arithmetic uses GCC's and Clang's vector types; only what those lack is written for each machine,
 * such as the dot product of small integers.
 *
 * No operation fuses a product and a sum, and sums over lanes have a fixed order, so that every
 * machine computes the same bits.
 */
#ifndef VECTORS_H
#define VECTORS_H

#include "kernel.h"

#if defined(__wasm__) /* without a C library, builtins must be named as such */
#define memcpy __builtin_memcpy
#define memset __builtin_memset
#else
#include <string.h>
#endif

#if defined(NOT_INLINED) /* for sanitizers, with which inlined code takes minutes to compile */
#define INLINE static __attribute__((unused))
#else
#define INLINE static inline __attribute__((always_inline, unused))
#endif

#if defined(PATH_SCALAR)
#define LANES 1
#elif defined(__AVX512VNNI__)
#include <immintrin.h>
#define LANES 16
#elif defined(__AVX2__)
#include <immintrin.h>
#define LANES 8
#elif defined(__SSE2__)
#include <emmintrin.h>
#define LANES 4
#elif defined(__aarch64__)
#include <arm_neon.h>
#define LANES 4
#elif defined(__wasm_simd128__)
#include <wasm_simd128.h>
#define LANES 4
#else
#define LANES 1
#endif

#define PARTS (TILE / LANES)
#if LANES == 1 || defined(NOT_INLINED)
#define UNROLLED
#elif defined(__clang__)
#define UNROLLED _Pragma("clang loop unroll(full)")
#else
#define UNROLLED _Pragma("GCC unroll 16")
#endif
#define EACH UNROLLED for (int i = 0; i < PARTS; i++)

#if LANES == 1
typedef float fn;
typedef int32_t in;
#else
typedef float fn __attribute__((vector_size(4 * LANES)));
typedef int32_t in __attribute__((vector_size(4 * LANES)));
#endif

typedef struct { fn r[PARTS]; } vf;
typedef struct { in r[PARTS]; } vi;

/* ---- one register ---- */

INLINE fn fn_set(float x) {
#if LANES == 16
    return (fn)_mm512_set1_ps(x);
#elif LANES == 8
    return (fn)_mm256_set1_ps(x);
#elif LANES == 4
    return (fn){x, x, x, x};
#else
    return x;
#endif
}

INLINE in in_set(int32_t x) {
#if LANES == 16
    return (in)_mm512_set1_epi32(x);
#elif LANES == 8
    return (in)_mm256_set1_epi32(x);
#elif LANES == 4
    return (in){x, x, x, x};
#else
    return x;
#endif
}

INLINE in in_of_bits(fn x) { in y; memcpy(&y, &x, sizeof y); return y; }
INLINE fn fn_of_bits(in x) { fn y; memcpy(&y, &x, sizeof y); return y; }

INLINE in in_greater(fn a, fn b) { /* all bits set where a > b */
#if LANES == 1
    return -(in)(a > b);
#elif LANES == 16
    return (in)_mm512_movm_epi32(_mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_GT_OQ));
#else
    return (in)(a > b);
#endif
}

INLINE fn fn_choose(in mask, fn yes, fn no) {
    return fn_of_bits((in_of_bits(yes) & mask) | (in_of_bits(no) & ~mask));
}

INLINE fn fn_max(fn a, fn b) {
#if LANES == 16
    return (fn)_mm512_max_ps((__m512)a, (__m512)b);
#elif LANES == 8
    return (fn)_mm256_max_ps((__m256)a, (__m256)b);
#else
    return fn_choose(in_greater(a, b), a, b);
#endif
}

INLINE fn fn_of_integers(in x) {
#if LANES == 1
    return (float)x;
#elif LANES == 16
    return (fn)_mm512_cvtepi32_ps((__m512i)x);
#elif LANES == 8
    return (fn)_mm256_cvtepi32_ps((__m256i)x);
#else
    return __builtin_convertvector(x, fn);
#endif
}

/* ---- sixteen lanes ---- */

INLINE vf vf_load(const float *p) { /* by registers; as a whole, it would go through the stack */
    vf v;
    EACH memcpy(&v.r[i], p + i * LANES, sizeof v.r[i]);
    return v;
}
INLINE void vf_store(float *p, vf v) { EACH memcpy(p + i * LANES, &v.r[i], sizeof v.r[i]); }
INLINE vf vf_set(float x) { vf v; EACH v.r[i] = fn_set(x); return v; }
INLINE vf vf_add(vf a, vf b) { EACH a.r[i] += b.r[i]; return a; }
INLINE vf vf_sub(vf a, vf b) { EACH a.r[i] -= b.r[i]; return a; }
INLINE vf vf_mul(vf a, vf b) { EACH a.r[i] *= b.r[i]; return a; }
INLINE vf vf_div(vf a, vf b) { EACH a.r[i] /= b.r[i]; return a; }
INLINE vf vf_scale(vf a, float b) { EACH a.r[i] *= fn_set(b); return a; }
INLINE vf vf_max(vf a, vf b) { EACH a.r[i] = fn_max(a.r[i], b.r[i]); return a; }
INLINE vf vf_min(vf a, vf b) { EACH a.r[i] = -fn_max(-a.r[i], -b.r[i]); return a; }

INLINE vf vf_abs(vf a) {
    EACH a.r[i] = fn_of_bits(in_of_bits(a.r[i]) & in_set(0x7fffffff));
    return a;
}

INLINE vf vf_first(vf a, int count) { /* keep the first lanes, zero the others */
    float lanes[TILE];
    vf_store(lanes, a);
    for (int i = count; i < TILE; i++) lanes[i] = 0;
    return vf_load(lanes);
}

INLINE float vf_sum(vf v) { /* adds halves: 16, 8, 4, 2, 1 */
    float s[TILE];
    vf_store(s, v);
    for (int half = TILE / 2; half; half /= 2)
        for (int i = 0; i < half; i++) s[i] += s[i + half];
    return s[0];
}

INLINE float vf_largest(vf v) {
    float s[TILE];
    vf_store(s, v);
    for (int half = TILE / 2; half; half /= 2)
        for (int i = 0; i < half; i++) s[i] = s[i] > s[i + half] ? s[i] : s[i + half];
    return s[0];
}

#define ROUNDER 12582912.0f /* 1.5 * 2^23: adding it leaves the nearest integer in the low bits */
#define ROUNDER_BITS 0x4b400000

INLINE vf vf_exp(vf x) { /* 2^n * e^r with |r| <= ln(2) / 2, to about one unit in the last place */
    x = vf_max(vf_min(x, vf_set(88.0f)), vf_set(-87.0f));
    vf magic = vf_add(vf_scale(x, 1.44269504f), vf_set(ROUNDER));
    vf n = vf_sub(magic, vf_set(ROUNDER));
    vf r = vf_sub(vf_sub(x, vf_scale(n, 0.693359375f)), vf_scale(n, -2.12194440e-4f));
    vf p = vf_set(1.98756915e-4f);
    p = vf_add(vf_mul(p, r), vf_set(1.39819995e-3f));
    p = vf_add(vf_mul(p, r), vf_set(8.33345191e-3f));
    p = vf_add(vf_mul(p, r), vf_set(4.16657962e-2f));
    p = vf_add(vf_mul(p, r), vf_set(1.66666655e-1f));
    p = vf_add(vf_mul(p, r), vf_set(5.00000000e-1f));
    p = vf_add(vf_add(vf_mul(vf_mul(p, r), r), r), vf_set(1.0f));
    EACH p.r[i] *= fn_of_bits((in_of_bits(magic.r[i]) - in_set(ROUNDER_BITS - 127)) << 23);
    return p;
}

INLINE vf vf_tanh(vf x) { /* 1 - 2 / (e^2x + 1) */
    vf e = vf_exp(vf_add(x, x));
    return vf_sub(vf_set(1.0f), vf_div(vf_set(2.0f), vf_add(e, vf_set(1.0f))));
}

INLINE vf vf_erf(vf x) { /* Abramowitz and Stegun 7.1.26: within 1.5e-7 */
    vf a = vf_abs(x);
    vf t = vf_div(vf_set(1.0f), vf_add(vf_set(1.0f), vf_scale(a, 0.3275911f)));
    vf p = vf_set(1.061405429f);
    p = vf_add(vf_mul(p, t), vf_set(-1.453152027f));
    p = vf_add(vf_mul(p, t), vf_set(1.421413741f));
    p = vf_add(vf_mul(p, t), vf_set(-0.284496736f));
    p = vf_add(vf_mul(p, t), vf_set(0.254829592f));
    vf e = vf_exp(vf_sub(vf_set(0.0f), vf_mul(a, a)));
    vf y = vf_sub(vf_set(1.0f), vf_mul(vf_mul(p, t), e));
    EACH y.r[i] = fn_choose(in_greater(fn_set(0.0f), x.r[i]), -y.r[i], y.r[i]);
    return y;
}

/* ---- dot products of small integers ----
 *
 * A quad is four columns of sixteen rows, 64 bytes, the four of a row next to each other. `codes` is
 * a quad in the form that suits the machine, `sums` has a sum of products for every row, and sums_dot
 * adds the products with four activations. Codes are -127 .. 127; those of four bits are indices into
 * LEVELS_LIST.
 */

#define LEVELS_LIST -127, -99, -79, -64, -50, -36, -24, -12, 0, 12, 24, 37, 50, 65, 82, 105

#if defined(__AVX512VNNI__) && LANES == 16

#define ACTIVATION int8_t
#define UNSIGNED_CODES 128 /* added to the codes, and so compensated in the sums */
typedef struct { __m512i r; } codes;
typedef struct { __m512i r; } sums;
INLINE codes codes_load(const uint8_t *p) {
    return (codes){_mm512_xor_si512(_mm512_loadu_si512(p), _mm512_set1_epi8((char)0x80))};
}
INLINE __m512i codes_levels(__m512i nibbles) {
    const __m128i levels = _mm_xor_si128(_mm_setr_epi8(LEVELS_LIST), _mm_set1_epi8((char)0x80));
    return _mm512_shuffle_epi8(_mm512_broadcast_i32x4(levels), nibbles);
}
INLINE void codes_load_nibbles(const uint8_t *p, codes *low, codes *high) {
    __m512i both = _mm512_loadu_si512(p), mask = _mm512_set1_epi8(15);
    low->r = codes_levels(_mm512_and_si512(both, mask));
    high->r = codes_levels(_mm512_and_si512(_mm512_srli_epi16(both, 4), mask));
}
INLINE sums sums_start(int32_t x) { return (sums){_mm512_set1_epi32(x)}; }
INLINE void sums_dot(sums *s, const codes *c, const ACTIVATION *a) {
    int32_t four;
    memcpy(&four, a, 4);
    s->r = _mm512_dpbusd_epi32(s->r, c->r, _mm512_set1_epi32(four));
}
INLINE void sums_add(sums *s, const sums *t) { s->r = _mm512_add_epi32(s->r, t->r); }
INLINE vf sums_floats(const sums *s) { vf v; v.r[0] = (fn)_mm512_cvtepi32_ps(s->r); return v; }

#elif LANES == 8

#define ACTIVATION int8_t
INLINE __m256i codes_levels(__m256i nibbles) {
#if defined(__AVXVNNI__)
    const __m128i levels = _mm_xor_si128(_mm_setr_epi8(LEVELS_LIST), _mm_set1_epi8((char)0x80));
#else
    const __m128i levels = _mm_setr_epi8(LEVELS_LIST);
#endif
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(levels), nibbles);
}
INLINE __m256i nibbles_low(__m256i x) { return _mm256_and_si256(x, _mm256_set1_epi8(15)); }
INLINE __m256i bytes_at(const uint8_t *p) { return _mm256_loadu_si256((const __m256i *)p); }
INLINE __m256i four_at(const ACTIVATION *a) {
    int32_t four;
    memcpy(&four, a, 4);
    return _mm256_set1_epi32(four);
}
typedef struct { __m256i r[2]; } sums;
INLINE sums sums_start(int32_t x) {
    return (sums){{_mm256_set1_epi32(x), _mm256_set1_epi32(x)}};
}
INLINE void sums_add(sums *s, const sums *t) { EACH s->r[i] = _mm256_add_epi32(s->r[i], t->r[i]); }
INLINE vf sums_floats(const sums *s) {
    vf v;
    EACH v.r[i] = (fn)_mm256_cvtepi32_ps(s->r[i]);
    return v;
}

#if defined(__AVXVNNI__)
#define UNSIGNED_CODES 128
typedef struct { __m256i r[2]; } codes;
INLINE codes codes_of(__m256i a, __m256i b) { return (codes){{a, b}}; }
INLINE codes codes_load(const uint8_t *p) {
    const __m256i top = _mm256_set1_epi8((char)0x80);
    return codes_of(_mm256_xor_si256(bytes_at(p), top), _mm256_xor_si256(bytes_at(p + 32), top));
}
INLINE void sums_dot(sums *s, const codes *c, const ACTIVATION *a) {
    __m256i four = four_at(a);
    EACH s->r[i] = _mm256_dpbusd_avx_epi32(s->r[i], c->r[i], four);
}
#else
#define UNSIGNED_CODES 0
typedef struct { __m256i r[2], size[2]; } codes; /* |codes| as unsigned; their signs go to the activations */
INLINE codes codes_of(__m256i a, __m256i b) {
    return (codes){{a, b}, {_mm256_abs_epi8(a), _mm256_abs_epi8(b)}};
}
INLINE codes codes_load(const uint8_t *p) { return codes_of(bytes_at(p), bytes_at(p + 32)); }
INLINE void sums_dot(sums *s, const codes *c, const ACTIVATION *a) {
    __m256i four = four_at(a), one = _mm256_set1_epi16(1);
    EACH {
        __m256i pairs = _mm256_maddubs_epi16(c->size[i], _mm256_sign_epi8(four, c->r[i]));
        s->r[i] = _mm256_add_epi32(s->r[i], _mm256_madd_epi16(pairs, one));
    }
}
#endif
INLINE void codes_load_nibbles(const uint8_t *p, codes *low, codes *high) {
    __m256i a = bytes_at(p), b = bytes_at(p + 32);
    *low = codes_of(codes_levels(nibbles_low(a)), codes_levels(nibbles_low(b)));
    a = _mm256_srli_epi16(a, 4), b = _mm256_srli_epi16(b, 4);
    *high = codes_of(codes_levels(nibbles_low(a)), codes_levels(nibbles_low(b)));
}

#elif defined(__aarch64__) && LANES == 4

#define ACTIVATION int8_t
#define UNSIGNED_CODES 0
typedef struct { int8x16_t r[4]; } codes;
typedef struct { int32x4_t r[4]; } sums;
INLINE codes codes_load(const uint8_t *p) {
    codes c;
    EACH c.r[i] = vld1q_s8((const int8_t *)p + 16 * i);
    return c;
}
INLINE void codes_load_nibbles(const uint8_t *p, codes *low, codes *high) {
    static const int8_t list[16] = {LEVELS_LIST};
    const int8x16_t levels = vld1q_s8(list);
    EACH {
        uint8x16_t both = vld1q_u8(p + 16 * i);
        low->r[i] = vqtbl1q_s8(levels, vandq_u8(both, vdupq_n_u8(15)));
        high->r[i] = vqtbl1q_s8(levels, vshrq_n_u8(both, 4));
    }
}
INLINE sums sums_start(int32_t x) { sums s; EACH s.r[i] = vdupq_n_s32(x); return s; }
INLINE void sums_dot(sums *s, const codes *c, const ACTIVATION *a) {
    int32_t bytes;
    memcpy(&bytes, a, 4);
    int8x16_t four = vreinterpretq_s8_s32(vdupq_n_s32(bytes));
#if defined(__ARM_FEATURE_DOTPROD)
    EACH s->r[i] = vdotq_s32(s->r[i], c->r[i], four);
#else
    EACH { /* two products fit 16 bits: 2 * 127 * 127 */
        int16x8_t x = vmull_s8(vget_low_s8(c->r[i]), vget_low_s8(four));
        int16x8_t y = vmull_s8(vget_high_s8(c->r[i]), vget_high_s8(four));
        s->r[i] = vpadalq_s16(s->r[i], vpaddq_s16(x, y));
    }
#endif
}
INLINE void sums_add(sums *s, const sums *t) { EACH s->r[i] = vaddq_s32(s->r[i], t->r[i]); }
INLINE vf sums_floats(const sums *s) { vf v; EACH v.r[i] = (fn)vcvtq_f32_s32(s->r[i]); return v; }

#elif LANES == 4 /* SSE2 and WebAssembly: 16-bit products, added in pairs */

#define ACTIVATION int16_t
#define UNSIGNED_CODES 0
#if defined(__wasm__)
typedef v128_t i16;
INLINE i16 i16_load(const void *p) { return wasm_v128_load(p); }
INLINE i16 i16_low(i16 x) { return wasm_i16x8_extend_low_i8x16(x); }
INLINE i16 i16_high(i16 x) { return wasm_i16x8_extend_high_i8x16(x); }
INLINE i16 i16_four(const int16_t *a) { return wasm_v128_load64_splat(a); }
INLINE i16 i16_dot(i16 a, i16 b) { return wasm_i32x4_dot_i16x8(a, b); }
INLINE i16 i32_add(i16 a, i16 b) { return wasm_i32x4_add(a, b); }
INLINE i16 i32_zero(void) { return wasm_i32x4_splat(0); }
INLINE i16 i32_even(i16 a, i16 b) { return wasm_i32x4_shuffle(a, b, 0, 2, 4, 6); }
INLINE i16 i32_odd(i16 a, i16 b) { return wasm_i32x4_shuffle(a, b, 1, 3, 5, 7); }
#else
typedef __m128i i16;
INLINE i16 i16_load(const void *p) { return _mm_loadu_si128((const __m128i *)p); }
INLINE i16 i16_low(i16 x) { return _mm_srai_epi16(_mm_unpacklo_epi8(x, x), 8); }
INLINE i16 i16_high(i16 x) { return _mm_srai_epi16(_mm_unpackhi_epi8(x, x), 8); }
INLINE i16 i16_four(const int16_t *a) {
    __m128i x = _mm_loadl_epi64((const __m128i *)a);
    return _mm_unpacklo_epi64(x, x);
}
INLINE i16 i16_dot(i16 a, i16 b) { return _mm_madd_epi16(a, b); }
INLINE i16 i32_add(i16 a, i16 b) { return _mm_add_epi32(a, b); }
INLINE i16 i32_zero(void) { return _mm_setzero_si128(); }
INLINE i16 i32_even(i16 a, i16 b) {
    return _mm_castps_si128(_mm_shuffle_ps(_mm_castsi128_ps(a), _mm_castsi128_ps(b), 0x88));
}
INLINE i16 i32_odd(i16 a, i16 b) {
    return _mm_castps_si128(_mm_shuffle_ps(_mm_castsi128_ps(a), _mm_castsi128_ps(b), 0xdd));
}
#endif
typedef struct { i16 r[8]; } codes;
typedef struct { i16 r[8]; } sums; /* two sums per row, next to each other */
INLINE codes codes_load(const uint8_t *p) {
    codes c;
    EACH {
        i16 x = i16_load(p + 16 * i);
        c.r[2 * i] = i16_low(x), c.r[2 * i + 1] = i16_high(x);
    }
    return c;
}
INLINE void codes_load_nibbles(const uint8_t *p, codes *low, codes *high) {
    static const int8_t levels[16] = {LEVELS_LIST};
#if defined(__wasm__)
    const v128_t table = wasm_v128_load(levels);
    EACH {
        v128_t both = wasm_v128_load(p + 16 * i);
        v128_t a = wasm_i8x16_swizzle(table, wasm_v128_and(both, wasm_i8x16_splat(15)));
        v128_t b = wasm_i8x16_swizzle(table, wasm_u8x16_shr(both, 4));
        low->r[2 * i] = i16_low(a), low->r[2 * i + 1] = i16_high(a);
        high->r[2 * i] = i16_low(b), high->r[2 * i + 1] = i16_high(b);
    }
#else
    uint8_t bytes[2][64]; /* SSE2 has no table lookup */
    for (int j = 0; j < 64; j++) {
        bytes[0][j] = (uint8_t)levels[p[j] & 15];
        bytes[1][j] = (uint8_t)levels[p[j] >> 4];
    }
    *low = codes_load(bytes[0]);
    *high = codes_load(bytes[1]);
#endif
}
INLINE sums sums_start(int32_t x) {
    sums s;
    (void)x;
    for (int i = 0; i < 8; i++) s.r[i] = i32_zero();
    return s;
}
INLINE void sums_dot(sums *s, const codes *c, const ACTIVATION *a) {
    i16 four = i16_four(a);
    for (int i = 0; i < 8; i++) s->r[i] = i32_add(s->r[i], i16_dot(c->r[i], four));
}
INLINE void sums_add(sums *s, const sums *t) {
    for (int i = 0; i < 8; i++) s->r[i] = i32_add(s->r[i], t->r[i]);
}
INLINE vf sums_floats(const sums *s) {
    vf v;
    EACH {
        i16 a = s->r[2 * i], b = s->r[2 * i + 1];
        v.r[i] = fn_of_integers((in)i32_add(i32_even(a, b), i32_odd(a, b)));
    }
    return v;
}

#else /* one lane */

#define ACTIVATION int8_t
#define UNSIGNED_CODES 0
typedef struct { int8_t r[64]; } codes;
typedef struct { int32_t r[16]; } sums;
INLINE codes codes_load(const uint8_t *p) { codes c; memcpy(c.r, p, 64); return c; }
INLINE void codes_load_nibbles(const uint8_t *p, codes *low, codes *high) {
    static const int8_t levels[16] = {LEVELS_LIST};
    for (int i = 0; i < 64; i++) low->r[i] = levels[p[i] & 15], high->r[i] = levels[p[i] >> 4];
}
INLINE sums sums_start(int32_t x) {
    sums s;
    for (int i = 0; i < 16; i++) s.r[i] = x;
    return s;
}
INLINE void sums_dot(sums *s, const codes *c, const ACTIVATION *a) {
    for (int i = 0; i < 64; i++) s->r[i / 4] += c->r[i] * a[i % 4];
}
INLINE void sums_add(sums *s, const sums *t) { for (int i = 0; i < 16; i++) s->r[i] += t->r[i]; }
INLINE vf sums_floats(const sums *s) { vf v; EACH v.r[i] = (float)s->r[i]; return v; }

#endif
#endif
