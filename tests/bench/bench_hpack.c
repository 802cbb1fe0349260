/* SPDX-License-Identifier: MIT */
/*
 * usage: bench_hpack [CASE]
 *
 * Field blocks coded by us and by libnghttp2, in the same run: rounds alternate between the two,
 * the median of each counts. One JSON line a case; ratio is how many times faster we are. The lists
 * are made here, the same on every run; each round is one connection with a table of 4096.
 */
#include <hpack/hpack.h>
#include <nghttp2/nghttp2.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    BLOCKS = 200, /* of a connection */
    MOST_FIELDS = 12,
    TEXT = 1024,
    ROUNDS = 41
};

struct list {
    size_t count;
    hpack_field fields[MOST_FIELDS];
    nghttp2_nv nv[MOST_FIELDS];
    char text[TEXT];
    size_t used;
};

struct corpus {
    const char *name;
    void (*fill)(struct list *l, uint32_t *seed, int block);
};

struct wire {
    uint8_t *data;
    size_t length;
};

static struct list lists[BLOCKS];
static struct wire wires[BLOCKS];
static size_t total_fields, total_octets, allocations;
static uint8_t output[1 << 16];

/* ---- Corpora ------------------------------------------------------------------------------ */

static uint32_t next(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static void add(struct list *l, const char *name, const char *value)
{
    hpack_field f = {name, value, (uint32_t)strlen(name), (uint32_t)strlen(value), 0, 0};
    f.token = HPACK_TOKEN_NONE;
    l->fields[l->count] = f;
    l->nv[l->count] = (nghttp2_nv){(uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value,
                                   f.name_length, f.value_length, NGHTTP2_NV_FLAG_NONE};
    l->count++;
}

/* A value of random letters behind a prefix. */
static const char *made(struct list *l, uint32_t *seed, const char *prefix, size_t letters)
{
    static const char set[] = "abcdefghijklmnopqrstuvwxyz0123456789-/=_.ABCDEFGHIJKLMNOPQRSTUVWXY";
    char *text = l->text + l->used;
    size_t length = strlen(prefix);
    memcpy(text, prefix, length);
    for (size_t i = 0; i < letters; i++) {
        text[length++] = set[next(seed) % (sizeof set - 1)];
    }
    text[length] = '\0';
    l->used += length + 1;
    return text;
}

static void fill_requests(struct list *l, uint32_t *seed, int block)
{
    static const char *const accepts[] = {"text/html,application/xhtml+xml,*/*;q=0.8", "image/webp",
                                          "*/*", "text/css,*/*;q=0.1"};
    add(l, ":method", "GET");
    add(l, ":scheme", "https");
    add(l, ":authority", "www.example.org");
    add(l, ":path", made(l, seed, "/static/", 20 + next(seed) % 30));
    add(l, "user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)");
    add(l, "accept", accepts[next(seed) % 4]);
    add(l, "accept-encoding", "gzip, deflate, br");
    add(l, "accept-language", "en-GB,en;q=0.9");
    add(l, "referer", block % 20 < 10 ? "https://www.example.org/" : "https://www.example.org/a/b");
    add(l, "cookie", "session=Zm9vYmFyYmF6cXV1eGNvcmdlZ3JhdWx0; theme=dark");
}

static void fill_responses(struct list *l, uint32_t *seed, int block)
{
    static const char *const types[] = {"text/css", "image/png", "application/javascript"};
    (void)block;
    add(l, ":status", "200");
    add(l, "date", made(l, seed, "Mon, 21 Oct 2013 20:", 2));
    add(l, "server", "example");
    add(l, "content-type", types[next(seed) % 3]);
    add(l, "content-length", made(l, seed, "1", 3));
    add(l, "etag", made(l, seed, "\"", 18));
    add(l, "last-modified", made(l, seed, "Sun, 20 Oct 2013 10:", 5));
    add(l, "cache-control", "public, max-age=31536000");
}

static void fill_literals(struct list *l, uint32_t *seed, int block)
{
    (void)block;
    for (int i = 0; i < 8; i++) {
        const char *name = made(l, seed, "x-", 8);
        add(l, name, made(l, seed, "", 20 + next(seed) % 40));
    }
}

static const struct corpus CORPORA[] = {
    {"requests", fill_requests},
    {"responses", fill_responses},
    {"literals", fill_literals},
};

/* ---- The four ways ------------------------------------------------------------------------ */

static void require(int holds)
{
    if (!holds) {
        fprintf(stderr, "bench_hpack: a coder failed\n");
        exit(1);
    }
}

static void *counting_resize(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
    (void)ctx;
    (void)old_size;
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    allocations++;
    return realloc(ptr, new_size);
}

static void encode_ours(void)
{
    hpack_encoder_config config;
    hpack_encoder *e;
    require(hpack_encoder_config_init(&config, sizeof config) == 0);
    config.resize = counting_resize;
    require(hpack_encoder_new(&e, &config) == 0);
    for (int i = 0; i < BLOCKS; i++) {
        hpack_buffer block = {output, sizeof output, 0};
        require(hpack_encoder_encode(e, lists[i].fields, lists[i].count, &block) == 0);
    }
    hpack_encoder_free(e);
}

static void encode_theirs(void)
{
    nghttp2_hd_deflater *e;
    require(nghttp2_hd_deflate_new(&e, 4096) == 0);
    for (int i = 0; i < BLOCKS; i++) {
        require(nghttp2_hd_deflate_hd(e, output, sizeof output, lists[i].nv, lists[i].count) > 0);
    }
    nghttp2_hd_deflate_del(e);
}

static void decode_ours(void)
{
    hpack_decoder_config config;
    hpack_decoder *d;
    size_t count;
    require(hpack_decoder_config_init(&config, sizeof config) == 0);
    config.resize = counting_resize;
    require(hpack_decoder_new(&d, &config) == 0);
    for (int i = 0; i < BLOCKS; i++) {
        require(hpack_decoder_feed(d, wires[i].data, wires[i].length, HPACK_FEED_LAST) == 0);
        (void)hpack_decoder_fields(d, &count);
        require(count == lists[i].count);
    }
    hpack_decoder_free(d);
}

static void decode_theirs(void)
{
    nghttp2_hd_inflater *d;
    require(nghttp2_hd_inflate_new(&d) == 0);
    for (int i = 0; i < BLOCKS; i++) {
        const uint8_t *at = wires[i].data;
        size_t left = wires[i].length;
        int flags = 0;
        while (!(flags & NGHTTP2_HD_INFLATE_FINAL)) {
            nghttp2_nv nv;
            ssize_t taken = nghttp2_hd_inflate_hd2(d, &nv, &flags, at, left, 1);
            require(taken >= 0);
            at += taken;
            left -= (size_t)taken;
        }
        nghttp2_hd_inflate_end_headers(d);
    }
    nghttp2_hd_inflate_del(d);
}

/* ---- Rounds ------------------------------------------------------------------------------- */

static double now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, ROUNDS, sizeof *values, compare_doubles);
    return values[ROUNDS / 2];
}

static void run(const char *corpus, const char *what, void (*ours)(void), void (*theirs)(void))
{
    double a[ROUNDS];
    double b[ROUNDS];
    ours();
    theirs();
    allocations = 0;
    for (int i = 0; i < ROUNDS; i++) {
        double begin = now_ns();
        ours();
        double middle = now_ns();
        theirs();
        a[i] = middle - begin;
        b[i] = now_ns() - middle;
    }
    double mine = median(a);
    double peer = median(b);
    printf("{\"name\": \"hpack.%s.%s\", \"rounds\": %d, \"ns_per_field\": %.1f, "
           "\"bytes_per_s\": %.0f, \"allocs_per_block\": %.3f, \"peer\": \"libnghttp2 %s\", "
           "\"peer_ns_per_field\": %.1f, \"ratio\": %.2f, \"compiler\": \"%s\"}\n",
           what, corpus, ROUNDS, mine / (double)total_fields, (double)total_octets / mine * 1e9,
           (double)allocations / ROUNDS / BLOCKS, nghttp2_version(0)->version_str,
           peer / (double)total_fields, peer / mine, __VERSION__);
}

/* Lists, and their blocks as libnghttp2 writes them. */
static void prepare(const struct corpus *corpus)
{
    uint32_t seed = 1;
    nghttp2_hd_deflater *e;
    require(nghttp2_hd_deflate_new(&e, 4096) == 0);
    total_fields = 0;
    total_octets = 0;
    for (int i = 0; i < BLOCKS; i++) {
        struct list *l = &lists[i];
        memset(l, 0, sizeof *l);
        corpus->fill(l, &seed, i);
        ssize_t length = nghttp2_hd_deflate_hd(e, output, sizeof output, l->nv, l->count);
        require(length > 0);
        wires[i].length = (size_t)length;
        wires[i].data = malloc(wires[i].length);
        require(wires[i].data != NULL);
        memcpy(wires[i].data, output, wires[i].length);
        total_fields += l->count;
        for (size_t k = 0; k < l->count; k++) {
            total_octets += l->fields[k].name_length + l->fields[k].value_length;
        }
    }
    nghttp2_hd_deflate_del(e);
}

int main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof CORPORA / sizeof CORPORA[0]; i++) {
        if (argc > 1 && strcmp(argv[1], CORPORA[i].name) != 0) {
            continue;
        }
        prepare(&CORPORA[i]);
        run(CORPORA[i].name, "decode", decode_ours, decode_theirs);
        run(CORPORA[i].name, "encode", encode_ours, encode_theirs);
        for (int k = 0; k < BLOCKS; k++) {
            free(wires[k].data);
        }
    }
    return 0;
}
