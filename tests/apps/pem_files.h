/* SPDX-License-Identifier: MIT */
/* Keys and certificates in files, for tests of TLS. Names end in XXXXXX, as for mkstemp(). */
#ifndef H2KIT_TESTS_PEM_FILES_H
#define H2KIT_TESTS_PEM_FILES_H

#include <stdio.h>

#include <openssl/x509.h>

/* A certificate for localhost that is signed by itself, so many times in its file. Who calls it frees
 * what is handed out. */
void pem_files_make(char *key_file, char *certificate_file, int times, EVP_PKEY **key,
                    X509 **certificate);
void pem_files_write(char *file, X509 *certificate, int times);

#endif
