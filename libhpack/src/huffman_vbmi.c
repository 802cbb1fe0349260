/* SPDX-License-Identifier: MIT */
/*
 * One step looks at 64 bit positions at once: the length of the code that would begin at each of
 * them makes a table of jumps from symbol to symbol. Tables for two, four, eight and sixteen
 * symbols follow by looking up a table in itself, and from them the places of the first sixteen
 * symbols. All but the place where the next step begins is independent of the step before.
 */
#include "huffman_vbmi.h"

#if HPACK__VBMI

#include <immintrin.h>

#include "huffman_window.h"

/* Seven octets a step: a code of up to eight bits that begins in them ends at place 63 or before. */
enum { STEP_OCTETS = 7, STEP_BITS = 56, LONG_CODE = 0xfe, EIGHT_BITS = 0xf8 };

/* Codes of ten bits are those of quotes and parentheses, common in some fields and absent in others:
 * they are taken like short ones in a string once it has shown one. A code that begins with
 * LONG_CODE has ten bits. The last of the step would end beyond place 63, and is left out. */
enum { TEN_BITS = 10, LAST_TEN = STEP_BITS - 2 };

/* Octets of the input, reversed for each of eight words: four from octet 0 on, four from octet 4. */
#define FIRST_WORD 7, 6, 5, 4, 3, 2, 1, 0
#define SECOND_WORD 11, 10, 9, 8, 7, 6, 5, 4
static const uint8_t WORDS[64] = {FIRST_WORD,  FIRST_WORD,  FIRST_WORD,  FIRST_WORD,
                                  SECOND_WORD, SECOND_WORD, SECOND_WORD, SECOND_WORD};

/* How far each word is turned right, so that eight bits from each place on are the lowest. */
#define TURNS(from) from, from - 1, from - 2, from - 3, from - 4, from - 5, from - 6, from - 7
static const uint8_t EIGHT[64] = {TURNS(56), TURNS(48), TURNS(40), TURNS(32),
                                  TURNS(56), TURNS(48), TURNS(40), TURNS(32)};
/* The same for seven bits. */
static const uint8_t SEVEN[64] = {TURNS(57), TURNS(49), TURNS(41), TURNS(33),
                                  TURNS(57), TURNS(49), TURNS(41), TURNS(33)};
#define PLACES(from) from, from + 1, from + 2, from + 3, from + 4, from + 5, from + 6, from + 7
static const uint8_t PLACE[64] = {PLACES(0),  PLACES(8),  PLACES(16), PLACES(24),
                                  PLACES(32), PLACES(40), PLACES(48), PLACES(56)};

/* Lanes whose number has the bit of 1, 2, 4 or 8. */
enum { ODD = 0xaaaa, TWOS = 0xcccc, FOURS = 0xf0f0, EIGHTS = 0xff00 };

/* What stays in registers. */
struct decode_tables {
    __m512i length_low, length_high;
    __m512i symbol_low, symbol_high;
    __m128i of_eight, of_ten;
    __m512i words, eight, seven, place;
};

/* The first sixteen symbols from some place on. Lanes that begin at STEP_BITS or beyond stand for
 * nothing, and those whose code is long for no symbol. */
struct step {
    __m512i begins; /* sixteen of its lanes count */
    __m512i jump;   /* the place after sixteen symbols, by the place where they begin */
    __m128i codes;  /* the eight bits at the beginning of each */
    __m128i symbols;
};

HPACK__VBMI_TARGET static inline void load_tables(struct decode_tables *t)
{
    t->length_low = _mm512_loadu_si512(hpack__vbmi_length);
    t->length_high = _mm512_loadu_si512(hpack__vbmi_length + 64);
    t->symbol_low = _mm512_loadu_si512(hpack__vbmi_symbol);
    t->symbol_high = _mm512_loadu_si512(hpack__vbmi_symbol + 64);
    t->of_eight = _mm_loadu_si128((const __m128i *)hpack__vbmi_of_eight);
    t->of_ten = _mm_loadu_si128((const __m128i *)hpack__vbmi_of_ten);
    t->words = _mm512_loadu_si512(WORDS);
    t->eight = _mm512_loadu_si512(EIGHT);
    t->seven = _mm512_loadu_si512(SEVEN);
    t->place = _mm512_loadu_si512(PLACE);
}

/* The octets from p on, sixteen at the most, with ones behind them. */
HPACK__VBMI_TARGET static inline __m128i load_input(const uint8_t *p, const uint8_t *end)
{
    ptrdiff_t left = end - p;
    uint32_t mask = left >= HPACK__VBMI_STEP ? 0xffffU : (1U << left) - 1;
    return _mm_mask_loadu_epi8(_mm_set1_epi8(-1), (__mmask16)mask, p);
}

/* tens: codes of ten bits are taken, too; a constant. */
HPACK__VBMI_TARGET static inline void look(struct step *s, const struct decode_tables *t,
                                           __m128i octets, __m512i start, const int tens)
{
    const __m128i long_code = _mm_set1_epi8((char)LONG_CODE);
    const __mmask64 inside = (UINT64_C(1) << STEP_BITS) - 1;
    __m512i input = _mm512_shuffle_epi8(_mm512_broadcast_i32x4(octets), t->words);
    __m512i codes = _mm512_multishift_epi64_epi8(t->eight, input);
    __m512i lengths = _mm512_permutex2var_epi8(
        t->length_low, _mm512_multishift_epi64_epi8(t->seven, input), t->length_high);
    if (tens) {
        const __mmask64 whole = (UINT64_C(1) << LAST_TEN) - 1;
        __mmask64 of_ten =
            _mm512_mask_cmpeq_epi8_mask(whole, codes, _mm512_broadcastb_epi8(long_code));
        lengths = _mm512_mask_mov_epi8(lengths, of_ten, _mm512_set1_epi8(TEN_BITS));
    }
    /* Beyond the step everything stays where it is. */
    __m512i one = _mm512_mask_add_epi8(t->place, inside, t->place, lengths);
    __m512i two = _mm512_permutexvar_epi8(one, one);
    __m512i four = _mm512_permutexvar_epi8(two, two);
    __m512i more = _mm512_permutexvar_epi8(four, four);
    s->begins = _mm512_mask_permutexvar_epi8(start, ODD, start, one);
    s->begins = _mm512_mask_permutexvar_epi8(s->begins, TWOS, s->begins, two);
    s->begins = _mm512_mask_permutexvar_epi8(s->begins, FOURS, s->begins, four);
    s->begins = _mm512_mask_permutexvar_epi8(s->begins, EIGHTS, s->begins, more);
    s->jump = _mm512_permutexvar_epi8(more, more);
    s->codes = _mm512_castsi512_si128(_mm512_permutexvar_epi8(s->begins, codes));
    __m512i by_seven = _mm512_castsi128_si512(_mm_srli_epi16(s->codes, 1));
    s->symbols =
        _mm512_castsi512_si128(_mm512_permutex2var_epi8(t->symbol_low, by_seven, t->symbol_high));
    s->symbols = _mm_mask_permutexvar_epi8(
        s->symbols, _mm_cmpge_epu8_mask(s->codes, _mm_set1_epi8((char)EIGHT_BITS)), s->codes,
        t->of_eight);
    if (tens) {
        /* The lowest two bits of ten are the lowest of the eight that begin two places later. */
        __m512i later = _mm512_add_epi8(s->begins, _mm512_set1_epi8(2));
        __m128i low = _mm512_castsi512_si128(_mm512_permutexvar_epi8(later, codes));
        s->symbols = _mm_mask_permutexvar_epi8(s->symbols, _mm_cmpeq_epi8_mask(s->codes, long_code),
                                               low, t->of_ten);
    }
}

/* Lanes whose code is longer than that, or is no code because the string ends there. */
HPACK__VBMI_TARGET static inline uint32_t long_lanes(const struct step *s, const int tens)
{
    const __m128i long_code = _mm_set1_epi8((char)LONG_CODE);
    if (!tens) {
        return _mm_cmpge_epu8_mask(s->codes, long_code);
    }
    __mmask16 late =
        _mm_cmpge_epu8_mask(_mm512_castsi512_si128(s->begins), _mm_set1_epi8(LAST_TEN));
    return (uint32_t)_mm_cmpgt_epu8_mask(s->codes, long_code) |
           (uint32_t)_mm_mask_cmpeq_epi8_mask(late, s->codes, long_code);
}

HPACK__VBMI_TARGET static inline uint32_t place_of(const struct step *s, uint32_t lane)
{
    __m128i at =
        _mm_permutexvar_epi8(_mm_cvtsi32_si128((int)lane), _mm512_castsi512_si128(s->begins));
    return (uint32_t)_mm_cvtsi128_si32(at) & 0xff;
}

/* The last step, in which all the rest lies. */
HPACK__VBMI_TARGET static inline int finish(struct hpack__vbmi *v, const struct decode_tables *t,
                                            __m512i start, const int tens)
{
    struct step s;
    look(&s, t, load_input(v->at, v->end), start, tens);
    _mm_storeu_si128((__m128i *)v->out, s.symbols);
    /* There is one, because ones follow the last octet. */
    uint32_t lane = (uint32_t)__builtin_ctz(long_lanes(&s, tens));
    uint32_t place = place_of(&s, lane);
    uint32_t left = (uint32_t)(v->end - v->at) * 8;
    v->out += lane;
    if (left - place <= MOST_PADDING) { /* all ones, else it were not long */
        return HPACK__VBMI_END;
    }
    v->at += place >> 3;
    v->bit = place & 7;
    return place > left ? HPACK__VBMI_WRONG : HPACK__VBMI_GO_ON;
}

/* Full steps until the last one, or until a code that is too long: it is next then. */
HPACK__VBMI_TARGET static inline int take_steps(struct hpack__vbmi *v,
                                                const struct decode_tables *t, __m512i *start,
                                                const int tens)
{
    struct step s;
    while (v->end - v->at > STEP_OCTETS) {
        look(&s, t, load_input(v->at, v->end), *start, tens);
        _mm_storeu_si128((__m128i *)v->out, s.symbols);
        uint32_t valid =
            _mm_cmplt_epu8_mask(_mm512_castsi512_si128(s.begins), _mm_set1_epi8(STEP_BITS));
        uint32_t too_long = long_lanes(&s, tens) & valid;
        if (__builtin_expect(too_long != 0, 0)) {
            uint32_t lane = (uint32_t)__builtin_ctz(too_long);
            uint32_t place = place_of(&s, lane);
            v->out += lane;
            v->at += place >> 3;
            v->bit = place & 7;
            return HPACK__VBMI_GO_ON;
        }
        v->out += __builtin_popcount(valid);
        *start =
            _mm512_sub_epi8(_mm512_permutexvar_epi8(*start, s.jump), _mm512_set1_epi8(STEP_BITS));
        v->at += STEP_OCTETS;
    }
    return HPACK__VBMI_END;
}

/* The long code that is next, when the string goes on long enough behind it. */
static inline int take_one_long(struct hpack__vbmi *v)
{
    if (v->end - v->at < HPACK__VBMI_STEP) {
        return HPACK__VBMI_GO_ON;
    }
    uint32_t length = one_symbol(load_be64(v->at) << v->bit, v->out);
    if (length > HPACK__HUFFMAN_LONGEST) {
        return HPACK__VBMI_WRONG;
    }
    v->out++;
    v->at += (v->bit + length) >> 3;
    v->bit = (v->bit + length) & 7;
    return HPACK__VBMI_END;
}

/* rfc: 7541#5.2 */
HPACK__VBMI_TARGET int hpack__vbmi_decode(struct hpack__vbmi *v)
{
    struct decode_tables t;
    load_tables(&t);
    __m512i start = _mm512_setzero_si512();
    if (take_steps(v, &t, &start, 0) == HPACK__VBMI_END) {
        return finish(v, &t, start, 0);
    }
    for (;;) {
        start = _mm512_set1_epi8((char)v->bit);
        if (take_steps(v, &t, &start, 1) == HPACK__VBMI_END) {
            return finish(v, &t, start, 1);
        }
        int result = take_one_long(v);
        if (result != HPACK__VBMI_END) {
            return result;
        }
    }
}

#endif
