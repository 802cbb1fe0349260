/* SPDX-License-Identifier: MIT */
/*
 * The options of the server about TLS: which certificates there are, and what is asked of clients.
 *
 * Invariants:
 * - KEY:CERT has exactly one colon: names of files that have one themselves are refused rather than
 *   guessed at.
 * - What cannot be had together is an error here; files are not looked at.
 */
#ifndef H2KIT_APPS_TLS_OPTIONS_H
#define H2KIT_APPS_TLS_OPTIONS_H

#include <stddef.h>

#include "options.h"
#include "tls_context.h"

/* A member of what the program's options are read into. */
struct tls_options {
    struct option_list certificates;
    uint32_t verify_client;
    const char *client_ca;
    const char *groups;
    const char *dh_file;
    const char *least_version;
    const char *greatest_version;
    uint32_t ktls;
};

/* Rows of the program's table; base is the offset of its struct tls_options. heading is that of the
 * group which begins here, or NULL. */
#define TLS_OPTION_SPECS(base, heading)                                                            \
    {.name = "certificate",                                                                        \
     .kind = OPTION_LIST,                                                                          \
     .offset = (base) + offsetof(struct tls_options, certificates),                                \
     .argument = "KEY:CERT",                                                                       \
     .help = "Another certificate, for the names in it, to clients that ask for one of them; "     \
             "may be given several times. The first of all is for all others. SIGHUP reads the "   \
             "files again.",                                                                       \
     .group = (heading)},                                                                          \
        {.name = "verify-client",                                                                  \
         .letter = 'V',                                                                            \
         .kind = OPTION_FLAG,                                                                      \
         .offset = (base) + offsetof(struct tls_options, verify_client),                           \
         .help = "Ask clients for a certificate. Alone, any is taken, and none: nothing is "       \
                 "verified."},                                                                     \
        {.name = "client-ca",                                                                      \
         .kind = OPTION_TEXT,                                                                      \
         .offset = (base) + offsetof(struct tls_options, client_ca),                               \
         .argument = "FILE",                                                                       \
         .help = "Refuse clients without a certificate that those in FILE (PEM) vouch for. "       \
                 "Implies --verify-client."},                                                      \
        {.name = "groups",                                                                         \
         .kind = OPTION_TEXT,                                                                      \
         .offset = (base) + offsetof(struct tls_options, groups),                                  \
         .argument = "LIST",                                                                       \
         .help = "Groups for the key exchange. Default: X25519:P-256:P-384:P-521."},               \
        {.name = "dh-param-file",                                                                  \
         .kind = OPTION_TEXT,                                                                      \
         .offset = (base) + offsetof(struct tls_options, dh_file),                                 \
         .argument = "FILE",                                                                       \
         .help = "Also let clients of TLS 1.2 without curves in, by Diffie-Hellman with the "      \
                 "parameters in FILE (PEM, 2048 to 4096 bits); needs an RSA key."},                \
        {.name = "tls-min",                                                                        \
         .kind = OPTION_TEXT,                                                                      \
         .offset = (base) + offsetof(struct tls_options, least_version),                           \
         .argument = "VERSION",                                                                    \
         .help = "Oldest version of TLS, 1.2 or 1.3. Default: 1.2."},                              \
        {.name = "tls-max",                                                                        \
         .kind = OPTION_TEXT,                                                                      \
         .offset = (base) + offsetof(struct tls_options, greatest_version),                        \
         .argument = "VERSION",                                                                    \
         .help = "Newest version of TLS, 1.2 or 1.3. Default: 1.3."},                              \
    {                                                                                              \
        .name = "ktls", .kind = OPTION_FLAG,                                                       \
        .offset = (base) + offsetof(struct tls_options, ktls),                                     \
        .help = "Let the kernel make and read the records of TLS, where it can."                   \
    }

/* Fills in what the options say; first is the pair that goes before them, or NULL. Returns 0, or -1
 * with one line in error. tls_options_clear() is called for either. */
int tls_options_read(struct tls_server_config *config, const struct tls_options *options,
                     const struct tls_key_pair *first, char error[OPTIONS_ERROR_SIZE]);
void tls_options_clear(struct tls_server_config *config);
/* 1 when one of them was given. */
int tls_options_given(const struct tls_options *options);

#endif
