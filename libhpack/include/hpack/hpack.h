/* SPDX-License-Identifier: MIT */
/*
 * libhpack: HPACK, header compression for HTTP/2 (RFC 7541).
 *
 * Two objects: a decoder turns the field blocks of one connection into field lines, an encoder
 * turns field lines into field blocks. Both are pure machines: no I/O, no clock, no global state.
 *
 * Threads: no globals. Distinct objects may be used on distinct threads at once; one object by one
 * thread at a time; const functions on one object are still not concurrent with mutators.
 *
 * Errors: functions return 0 or a negative HPACK_ERR_ code. Out of memory is an ordinary error.
 * Every length is in octets. Every function is available since 0.1 unless it says otherwise.
 */
#ifndef HPACK_HPACK_H
#define HPACK_HPACK_H

#include <stddef.h>
#include <stdint.h>

#include <hpack/export.h>
#include <hpack/version.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define HPACK_MUST_CHECK __attribute__((warn_unused_result))
#else
#define HPACK_MUST_CHECK
#endif

/* ---- Errors ------------------------------------------------------------------------------- */

/* X(name, value, category, text). Values are frozen; new ones are added at the end.
 * PEER: the input breaks RFC 7541; in HTTP/2 each of them is COMPRESSION_ERROR (RFC 9113 4.3).
 * LIMIT: the input is legal but larger than the configuration allows. */
#define HPACK_ERROR_LIST(X)                                                                        \
    X(USAGE, -1000, USAGE, "invalid argument or call order")                                       \
    X(NOMEM, -1001, MEMORY, "out of memory")                                                       \
    X(BUFFER, -1002, USAGE, "output buffer too small")                                             \
    X(CONFIG, -1003, USAGE, "configuration has an unknown or invalid value")                       \
    X(INDEX, -1004, PEER, "index is zero or beyond the tables")                                    \
    X(INTEGER, -1005, PEER, "integer too large or too long")                                       \
    X(HUFFMAN_PADDING, -1006, PEER, "Huffman padding is longer than 7 bits or not all ones")       \
    X(HUFFMAN_EOS, -1007, PEER, "EOS symbol inside a Huffman string")                              \
    X(TRUNCATED, -1008, PEER, "field block ends inside a representation")                          \
    X(SIZE_UPDATE_PLACE, -1009, PEER, "table size update not at the start of a field block")       \
    X(SIZE_UPDATE_LIMIT, -1010, PEER, "table size update above the acknowledged limit")            \
    X(SIZE_UPDATE_MISSING, -1011, PEER, "table size update missing after a reduced limit")         \
    X(SIZE_UPDATE_COUNT, -1012, PEER, "more than two table size updates in a field block")         \
    X(FIELD_COUNT_LIMIT, -1013, LIMIT, "more field lines than the limit")                          \
    X(SECTION_LIMIT, -1014, LIMIT, "field section larger than the limit")                          \
    X(STRING_LIMIT, -1015, LIMIT, "name or value longer than the limit")                           \
    X(INTERNAL, -1016, INTERNAL, "internal error")

enum { HPACK_OK = 0 };

enum {
#define HPACK_ERROR_VALUE_(name, value, category, text) HPACK_ERR_##name = (value),
    HPACK_ERROR_LIST(HPACK_ERROR_VALUE_)
#undef HPACK_ERROR_VALUE_
};

/* What kind of failure a code is; hpack_error_category() returns one of these. */
enum {
    HPACK_CATEGORY_NONE = 0,
    HPACK_CATEGORY_USAGE = 1,
    HPACK_CATEGORY_MEMORY = 2,
    HPACK_CATEGORY_PEER = 3,
    HPACK_CATEGORY_LIMIT = 4,
    HPACK_CATEGORY_INTERNAL = 6
};

/* Name ("HPACK_ERR_INDEX"), text and category of a code. Never NULL; an unknown code has a name,
 * a text and category NONE of its own. The strings are static. */
HPACK_API const char *hpack_error_name(int code);
HPACK_API const char *hpack_error_text(int code);
HPACK_API uint32_t hpack_error_category(int code);

/* Version of the library at run time, "0.1.0". HPACK_VERSION is the one compiled against. */
HPACK_API const char *hpack_version(void);

/* ---- Field lines -------------------------------------------------------------------------- */

/* Flags of a field line. */
enum {
    /* Literal Never Indexed (RFC 7541 6.2.3): set on decoded fields that came so, and must then
     * be kept when the field is forwarded; on input to the encoder it forces that form. */
    HPACK_FIELD_NEVER_INDEXED = 0x1,
    /* Encoder input: do not add this field to the dynamic table (RFC 7541 6.2.2). */
    HPACK_FIELD_NO_INDEXING = 0x2,
    /* Decoded fields, with check_octets: name and value have only octets that HTTP/2 allows (RFC
     * 9113 8.2.1): the name is a token of RFC 9110 5.6.2 without upper case, or one that has a
     * HPACK_TOKEN_; the value has no NUL, CR or LF, and no space or tab at either end. Without this
     * flag nobody has looked, or something is wrong. The encoder ignores it. */
    HPACK_FIELD_CLEAN = 0x4
};

/* One field line. Name and value are octets of given length, not NUL-terminated. 32 octets. */
typedef struct hpack_field {
    const char *name;
    const char *value;
    uint32_t name_length;
    uint32_t value_length;
    /* HPACK_TOKEN_ value of the name, or 0 when the name has none. Decoded fields always carry
     * it, so that names can be compared as integers. As encoder input 0 means "not known"; a
     * non-zero token must be the right one for the name. */
    uint32_t token;
    uint32_t flags; /* HPACK_FIELD_ flags */
} hpack_field;

/* Well-known names. 1 to 61 are the index of the first static table entry of that name (RFC 7541
 * Appendix A); 64 and above are names outside the static table that HTTP/2 has rules for.
 * X(NAME, token, "name"). */
#define HPACK_TOKEN_LIST(X)                                                                        \
    X(AUTHORITY, 1, ":authority")                                                                  \
    X(METHOD, 2, ":method")                                                                        \
    X(PATH, 4, ":path")                                                                            \
    X(SCHEME, 6, ":scheme")                                                                        \
    X(STATUS, 8, ":status")                                                                        \
    X(ACCEPT_CHARSET, 15, "accept-charset")                                                        \
    X(ACCEPT_ENCODING, 16, "accept-encoding")                                                      \
    X(ACCEPT_LANGUAGE, 17, "accept-language")                                                      \
    X(ACCEPT_RANGES, 18, "accept-ranges")                                                          \
    X(ACCEPT, 19, "accept")                                                                        \
    X(ACCESS_CONTROL_ALLOW_ORIGIN, 20, "access-control-allow-origin")                              \
    X(AGE, 21, "age")                                                                              \
    X(ALLOW, 22, "allow")                                                                          \
    X(AUTHORIZATION, 23, "authorization")                                                          \
    X(CACHE_CONTROL, 24, "cache-control")                                                          \
    X(CONTENT_DISPOSITION, 25, "content-disposition")                                              \
    X(CONTENT_ENCODING, 26, "content-encoding")                                                    \
    X(CONTENT_LANGUAGE, 27, "content-language")                                                    \
    X(CONTENT_LENGTH, 28, "content-length")                                                        \
    X(CONTENT_LOCATION, 29, "content-location")                                                    \
    X(CONTENT_RANGE, 30, "content-range")                                                          \
    X(CONTENT_TYPE, 31, "content-type")                                                            \
    X(COOKIE, 32, "cookie")                                                                        \
    X(DATE, 33, "date")                                                                            \
    X(ETAG, 34, "etag")                                                                            \
    X(EXPECT, 35, "expect")                                                                        \
    X(EXPIRES, 36, "expires")                                                                      \
    X(FROM, 37, "from")                                                                            \
    X(HOST, 38, "host")                                                                            \
    X(IF_MATCH, 39, "if-match")                                                                    \
    X(IF_MODIFIED_SINCE, 40, "if-modified-since")                                                  \
    X(IF_NONE_MATCH, 41, "if-none-match")                                                          \
    X(IF_RANGE, 42, "if-range")                                                                    \
    X(IF_UNMODIFIED_SINCE, 43, "if-unmodified-since")                                              \
    X(LAST_MODIFIED, 44, "last-modified")                                                          \
    X(LINK, 45, "link")                                                                            \
    X(LOCATION, 46, "location")                                                                    \
    X(MAX_FORWARDS, 47, "max-forwards")                                                            \
    X(PROXY_AUTHENTICATE, 48, "proxy-authenticate")                                                \
    X(PROXY_AUTHORIZATION, 49, "proxy-authorization")                                              \
    X(RANGE, 50, "range")                                                                          \
    X(REFERER, 51, "referer")                                                                      \
    X(REFRESH, 52, "refresh")                                                                      \
    X(RETRY_AFTER, 53, "retry-after")                                                              \
    X(SERVER, 54, "server")                                                                        \
    X(SET_COOKIE, 55, "set-cookie")                                                                \
    X(STRICT_TRANSPORT_SECURITY, 56, "strict-transport-security")                                  \
    X(TRANSFER_ENCODING, 57, "transfer-encoding")                                                  \
    X(USER_AGENT, 58, "user-agent")                                                                \
    X(VARY, 59, "vary")                                                                            \
    X(VIA, 60, "via")                                                                              \
    X(WWW_AUTHENTICATE, 61, "www-authenticate")                                                    \
    X(PROTOCOL, 64, ":protocol")                                                                   \
    X(CONNECTION, 65, "connection")                                                                \
    X(KEEP_ALIVE, 66, "keep-alive")                                                                \
    X(PROXY_CONNECTION, 67, "proxy-connection")                                                    \
    X(TE, 68, "te")                                                                                \
    X(TRAILER, 69, "trailer")                                                                      \
    X(UPGRADE, 70, "upgrade")                                                                      \
    X(HTTP2_SETTINGS, 71, "http2-settings")                                                        \
    X(PRIORITY, 72, "priority")

enum {
    HPACK_TOKEN_NONE = 0,
    HPACK_TOKEN_END = 73 /* one above the highest token of this version */
};

enum {
#define HPACK_TOKEN_VALUE_(name, value, text) HPACK_TOKEN_##name = (value),
    HPACK_TOKEN_LIST(HPACK_TOKEN_VALUE_)
#undef HPACK_TOKEN_VALUE_
};

/* Token of a name (octets, exact, lower case), or HPACK_TOKEN_NONE. Constant time. */
HPACK_API uint32_t hpack_token(const char *name, size_t length);

/* ---- Memory ------------------------------------------------------------------------------- */

/* One function allocates (ptr NULL, old_size 0), resizes and frees (new_size 0, returns NULL).
 * Returns NULL on failure to allocate; the old memory then still stands. */
typedef void *(*hpack_resize_function)(void *ctx, void *ptr, size_t old_size, size_t new_size);

/* ---- Decoder ------------------------------------------------------------------------------ */

typedef struct hpack_decoder hpack_decoder;

/* Fill with hpack_decoder_config_init(&c, sizeof c), then change what you want.
 * size comes first, new members only at the end; zero means "as before the member existed". */
typedef struct hpack_decoder_config {
    size_t size;
    hpack_resize_function resize; /* NULL: libc */
    void *resize_ctx;
    /* Upper bound for the dynamic table, what SETTINGS_HEADER_TABLE_SIZE says. Default 4096. */
    uint32_t table_size_limit;
    /* Largest field section: sum of name + value + 32 for each field. Default 65536. */
    uint32_t section_limit_bytes;
    /* Most field lines in a section. Default 2048. */
    uint32_t field_count_limit;
    /* Longest single name or value, decoded. Default 65536. */
    uint32_t string_limit_bytes;
    /* 1: fields get HPACK_FIELD_CLEAN when they deserve it. Octets are looked at when they arrive,
     * and the verdict stays with the entry of the table. Default 0: only fields of the static table
     * have it. */
    uint32_t check_octets;
    uint32_t reserved;
} hpack_decoder_config;

/* Writes the defaults. size: sizeof of the caller's struct. Error: USAGE. */
HPACK_API int hpack_decoder_config_init(hpack_decoder_config *config, size_t size) HPACK_MUST_CHECK;

/* Creates a decoder. config may be NULL for defaults and is copied. Errors: NOMEM, CONFIG.
 * Tables and buffers are allocated when first needed. */
HPACK_API int hpack_decoder_new(hpack_decoder **out,
                                const hpack_decoder_config *config) HPACK_MUST_CHECK;
HPACK_API void hpack_decoder_free(hpack_decoder *decoder); /* NULL is fine */

enum {
    HPACK_FEED_LAST = 0x1 /* this fragment ends the field block */
};

/*
 * Feeds one fragment of a field block; fragments may be cut anywhere, also be empty. The first
 * call after a block ended (or after new) begins the next block. data is borrowed: fragments that
 * are not the last may go away after the call; the octets of the LAST fragment must stand for as
 * long as the fields are used, because fields may be views of them.
 *
 * Returns 0, or:
 * - a PEER error or NOMEM: the compression state is lost. The decoder stays failed, later calls
 *   return the same code, and in HTTP/2 the connection must end with COMPRESSION_ERROR.
 * - a LIMIT error, only from the call with HPACK_FEED_LAST: the block was legal, was read to its
 *   end and the dynamic table is in step, but the section exceeds a limit. The fields up to the
 *   limit are available. The next block may be fed.
 * Memory is bounded by the configured limits, whatever the input.
 */
HPACK_API int hpack_decoder_feed(hpack_decoder *decoder, const uint8_t *data, size_t length,
                                 uint32_t flags) HPACK_MUST_CHECK;

/* The fields of the block that was fed, in order; count is always written. Valid, with the octets
 * they point to, until the next block begins or the decoder is freed. During a block: the fields
 * complete so far. May be NULL when count is 0. */
HPACK_API const hpack_field *hpack_decoder_fields(const hpack_decoder *decoder, size_t *count);

/* Size of the section just decoded as RFC 9113 6.5.2 counts it (name + value + 32 each), also of
 * what was left out beyond a limit. */
HPACK_API uint64_t hpack_decoder_section_size(const hpack_decoder *decoder);

/* Between blocks gives back what only decoding needs and keeps the dynamic table, in as little memory
 * as its octets take: for connections that are expected to stay idle. The fields of the last block are
 * gone. Inside a block it does nothing. */
HPACK_API void hpack_decoder_trim(hpack_decoder *decoder);

/* Sets the bound of the dynamic table: call it when the peer acknowledged the SETTINGS frame that
 * announced it (RFC 9113 4.3.1), between blocks. After a reduction below the table's size the next
 * block must start with a size update (RFC 7541 4.2). Error: USAGE inside a block. */
HPACK_API int hpack_decoder_set_table_limit(hpack_decoder *decoder,
                                            uint32_t limit_bytes) HPACK_MUST_CHECK;

/* ---- Encoder ------------------------------------------------------------------------------ */

typedef struct hpack_encoder hpack_encoder;

/* Which fields become entries of the dynamic table. Secrets never do, see hpack_encoder_encode(),
 * and a field larger than the table never does. */
enum {
    /* Those whose values repeat, as far as the connection has shown: a field is added unless fewer
     * than 20 % of the uses of its name were repetitions. Values seen before, names that are in no
     * table, and the first values of a name are always added; but of :path, age, content-length,
     * etag, if-modified-since, if-none-match and location repetitions have to be seen. */
    HPACK_POLICY_ADAPTIVE = 0,
    HPACK_POLICY_ALL = 1,   /* every field */
    HPACK_POLICY_STATIC = 2 /* none: only the static table is used */
};

/* When strings are Huffman coded. */
enum {
    HPACK_HUFFMAN_SHORTER = 0, /* where that is shorter */
    HPACK_HUFFMAN_NEVER = 1
};

/* What the caller's choose function returns. */
enum {
    HPACK_CHOOSE_POLICY = 0,   /* as the policy says */
    HPACK_CHOOSE_INDEX = 1,    /* add it when it fits, even if it is a secret by its name */
    HPACK_CHOOSE_NO_INDEX = 2, /* literal without indexing (RFC 7541 6.2.2) */
    HPACK_CHOOSE_NEVER = 3     /* literal never indexed (RFC 7541 6.2.3); so does any other value */
};

typedef struct hpack_encoder_config {
    size_t size;
    hpack_resize_function resize; /* NULL: libc */
    void *resize_ctx;
    /* Most memory the dynamic table may take, whatever the peer allows. Default 4096. */
    uint32_t table_size_limit;
    /* What the peer allows at the start; SETTINGS_HEADER_TABLE_SIZE begins at 4096. */
    uint32_t peer_table_limit;
    uint32_t policy;  /* HPACK_POLICY_; default ADAPTIVE */
    uint32_t huffman; /* HPACK_HUFFMAN_; default SHORTER */
    /* Decides about single fields before the policy does. Called once for each field of a block,
     * in order, with the token of its name, unless the flags of the field say NEVER_INDEXED; the
     * flag NO_INDEXING is stronger than INDEX. Must not use the encoder. NULL (default): the
     * policy decides. */
    uint32_t (*choose)(void *ctx, const hpack_field *field);
    void *choose_ctx;
} hpack_encoder_config;

/* As for the decoder; CONFIG also for an unknown policy or huffman. */
HPACK_API int hpack_encoder_config_init(hpack_encoder_config *config, size_t size) HPACK_MUST_CHECK;
HPACK_API int hpack_encoder_new(hpack_encoder **out,
                                const hpack_encoder_config *config) HPACK_MUST_CHECK;
HPACK_API void hpack_encoder_free(hpack_encoder *encoder); /* NULL is fine */

/* Caller's memory that is appended to: data[length .. capacity) is free. */
typedef struct hpack_buffer {
    uint8_t *data;
    size_t capacity;
    size_t length;
} hpack_buffer;

/* Most octets that hpack_encoder_encode() can write for these fields now, size updates included.
 * SIZE_MAX when it does not fit a size_t. Name + value + 32 for each field, and 12 octets more, are
 * always enough. */
HPACK_API size_t hpack_encoder_bound(const hpack_encoder *encoder, const hpack_field *fields,
                                     size_t count);

/* Appends one whole field block to out. Fields are borrowed for the call. The order of fields is
 * kept. Errors: BUFFER when less than hpack_encoder_bound() is free, USAGE; then neither the
 * encoder nor out has changed. A field for whose entry there is no memory becomes a literal
 * without one.
 * Never indexed without being asked: authorization, proxy-authorization, set-cookie and cookies
 * shorter than 20 octets (RFC 7541 7.1.3). What else is indexed, and whether strings are Huffman
 * coded, is configured. */
HPACK_API int hpack_encoder_encode(hpack_encoder *encoder, const hpack_field *fields, size_t count,
                                   hpack_buffer *out) HPACK_MUST_CHECK;

/* What the peer allows from now on (its SETTINGS_HEADER_TABLE_SIZE). The table uses at most
 * min(this, table_size_limit). The next block announces the change: the smallest size of the
 * interval, then the final one (RFC 7541 4.2). Never fails. */
HPACK_API void hpack_encoder_set_table_limit(hpack_encoder *encoder, uint32_t peer_limit_bytes);

/* ---- Inspection of dynamic tables --------------------------------------------------------- */

/* State of one dynamic table (RFC 7541 4.1: size counts name + value + 32 for each entry). */
typedef struct hpack_table_info {
    size_t size;          /* sizeof of the caller's struct, set by the caller */
    uint32_t count;       /* entries */
    uint32_t size_bytes;  /* their size */
    uint32_t limit_bytes; /* current maximum size */
    uint32_t reserved;
    uint64_t insertions; /* entries that ever came in; what is not there any more was evicted */
    uint64_t hits;       /* fields that were an index of this table, name and value */
} hpack_table_info;

HPACK_API int hpack_decoder_table_info(const hpack_decoder *decoder, hpack_table_info *info);
HPACK_API int hpack_encoder_table_info(const hpack_encoder *encoder, hpack_table_info *info);

/* Entry by position, 0 = newest (HPACK index 62). Views, valid until the next mutating call.
 * Error: USAGE when position is beyond the table. */
HPACK_API int hpack_decoder_table_entry(const hpack_decoder *decoder, uint32_t position,
                                        hpack_field *out);
HPACK_API int hpack_encoder_table_entry(const hpack_encoder *encoder, uint32_t position,
                                        hpack_field *out);

/* Entry 1 to 61 of the static table (RFC 7541 Appendix A). Error: USAGE. The views are static. */
HPACK_API int hpack_static_table_entry(uint32_t index, hpack_field *out);

/* ---- Huffman code of RFC 7541 Appendix B, for tools and for QPACK ------------------------- */

/* Octets that the Huffman form of a string takes. */
HPACK_API size_t hpack_huffman_length(const uint8_t *data, size_t length);

/* Appends the Huffman form of a string, padded with ones. Error: BUFFER (out unchanged). */
HPACK_API int hpack_huffman_encode(const uint8_t *data, size_t length,
                                   hpack_buffer *out) HPACK_MUST_CHECK;

/* Appends the decoded form of a whole Huffman string. 8/5 of length (rounded up) always suffices.
 * Errors: HUFFMAN_PADDING, HUFFMAN_EOS, BUFFER; then out->length has not changed. */
HPACK_API int hpack_huffman_decode(const uint8_t *data, size_t length,
                                   hpack_buffer *out) HPACK_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
