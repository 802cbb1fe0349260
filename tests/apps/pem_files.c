/* SPDX-License-Identifier: MIT */
#include "pem_files.h"

#include <stdlib.h>

#include <openssl/pem.h>

#include "self_signed.h"
#include "support.h"

static FILE *temporary(char *name)
{
    const int fd = mkstemp(name);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "w");
    assert_non_null(file);
    return file;
}

void pem_files_write(char *name, X509 *certificate, int times)
{
    FILE *file = temporary(name);
    for (int i = 0; i < times; i++) {
        assert_int_equal(PEM_write_X509(file, certificate), 1);
    }
    assert_int_equal(fclose(file), 0);
}

void pem_files_make(char *key_file, char *certificate_file, int times, EVP_PKEY **key,
                    X509 **certificate)
{
    assert_int_equal(self_signed_new(key, certificate), 0);
    FILE *file = temporary(key_file);
    assert_int_equal(PEM_write_PrivateKey(file, *key, NULL, NULL, 0, NULL, NULL), 1);
    assert_int_equal(fclose(file), 0);
    pem_files_write(certificate_file, *certificate, times);
}
