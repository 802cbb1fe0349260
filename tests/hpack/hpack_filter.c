/* SPDX-License-Identifier: MIT */
/*
 * One encoder and one decoder on a pipe, for tests in other languages. Each line of input is
 * answered by one line; octets are in hex, an empty string is "-".
 *
 *   E NAME VALUE FLAGS ...   encode a block           -> OK HEX
 *   D HEX                    decode a block           -> OK NAME VALUE FLAGS ... or the error's name
 *   L BYTES                  table limit of both      -> OK
 *   R                        new encoder and decoder  -> OK
 */
#include <hpack/hpack.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FIELDS = 4096, MOST_OCTETS = 1 << 20 };

static hpack_encoder *encoder;
static hpack_decoder *decoder;

static int renew(void)
{
    hpack_encoder_free(encoder);
    hpack_decoder_free(decoder);
    encoder = NULL;
    decoder = NULL;
    int result = hpack_encoder_new(&encoder, NULL);
    return result == 0 ? hpack_decoder_new(&decoder, NULL) : result;
}

static void put_hex(const uint8_t *octets, size_t length)
{
    (void)putchar(' ');
    for (size_t i = 0; i < length; i++) {
        (void)printf("%02x", octets[i]);
    }
    if (length == 0) {
        (void)putchar('-');
    }
}

static int digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *found = c != '\0' ? strchr(digits, c) : NULL;
    return found != NULL ? (int)(found - digits) : 0;
}

/* Turns a word of hex into octets, in place. */
static uint8_t *unhex(char *word, size_t *length)
{
    uint8_t *octets = (uint8_t *)word;
    *length = strcmp(word, "-") == 0 ? 0 : strlen(word) / 2;
    for (size_t i = 0; i < *length; i++) {
        octets[i] = (uint8_t)(digit(word[2 * i]) << 4 | digit(word[2 * i + 1]));
    }
    return octets;
}

static int encode(char *words)
{
    static hpack_field fields[MOST_FIELDS];
    static uint8_t octets[MOST_OCTETS];
    hpack_buffer block = {octets, sizeof octets, 0};
    size_t count = 0;
    for (char *word = strtok(words, " "); word != NULL && count < MOST_FIELDS;
         word = strtok(NULL, " ")) {
        char *value = strtok(NULL, " ");
        const char *flags = strtok(NULL, " ");
        if (value == NULL || flags == NULL) {
            return HPACK_ERR_USAGE;
        }
        size_t name_length;
        size_t value_length;
        const char *name = (const char *)unhex(word, &name_length);
        value = (char *)unhex(value, &value_length);
        fields[count++] = (hpack_field){name,
                                        value,
                                        (uint32_t)name_length,
                                        (uint32_t)value_length,
                                        0,
                                        (uint32_t)strtoul(flags, NULL, 10)};
    }
    int result = hpack_encoder_encode(encoder, fields, count, &block);
    if (result == 0) {
        (void)fputs("OK", stdout);
        put_hex(octets, block.length);
    }
    return result;
}

static int decode(char *word)
{
    size_t length;
    const uint8_t *octets = unhex(word, &length);
    int result = hpack_decoder_feed(decoder, octets, length, HPACK_FEED_LAST);
    if (result != 0) {
        return result;
    }
    size_t count;
    const hpack_field *fields = hpack_decoder_fields(decoder, &count);
    (void)fputs("OK", stdout);
    for (size_t i = 0; i < count; i++) {
        put_hex((const uint8_t *)fields[i].name, fields[i].name_length);
        put_hex((const uint8_t *)fields[i].value, fields[i].value_length);
        (void)printf(" %u", (unsigned)fields[i].flags);
    }
    return 0;
}

static int set_limit(const char *word)
{
    uint32_t limit = (uint32_t)strtoul(word, NULL, 10);
    hpack_encoder_set_table_limit(encoder, limit);
    int result = hpack_decoder_set_table_limit(decoder, limit);
    if (result == 0) {
        (void)fputs("OK", stdout);
    }
    return result;
}

static int answer(char *line)
{
    char *words = line[0] != '\0' && line[1] == ' ' ? line + 2 : line + strlen(line);
    int result = HPACK_ERR_USAGE;
    if (line[0] == 'E') {
        result = encode(words);
    } else if (line[0] == 'D') {
        result = decode(words);
    } else if (line[0] == 'L') {
        result = set_limit(words);
    } else if (line[0] == 'R') {
        result = renew();
        (void)fputs("OK", stdout);
    }
    return result;
}

int main(void)
{
    static char line[2 * MOST_OCTETS];
    if (renew() != 0) {
        return 1;
    }
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        int result = answer(line);
        if (result != 0) {
            (void)fputs(hpack_error_name(result), stdout);
        }
        (void)putchar('\n');
        (void)fflush(stdout);
    }
    hpack_encoder_free(encoder);
    hpack_decoder_free(decoder);
    return 0;
}
