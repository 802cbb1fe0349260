/* SPDX-License-Identifier: MIT */
#include "tls_trust.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include "tls_internal.h"

/* Whether a name is one that is made of a subject, such as "a94d09e5.0". */
static int is_hash(const char *name)
{
    enum { DIGITS = 8 };
    return strspn(name, "0123456789abcdef") == DIGITS && name[DIGITS] == '.' &&
           name[DIGITS + 1] >= '0' && name[DIGITS + 1] <= '9';
}

static int has_hashes(const char *folder)
{
    DIR *directory = opendir(folder);
    const struct dirent *entry = NULL;
    int has = 0;
    while (directory != NULL && !has && (entry = readdir(directory)) != NULL) {
        has = is_hash(entry->d_name);
    }
    if (directory != NULL) {
        (void)closedir(directory);
    }
    return has;
}

static const char *place(const char *variable, const char *otherwise)
{
    const char *value = getenv(variable);
    return value == NULL ? otherwise : value;
}

/* Whether the file, wherever links lead to, is in the folder. */
static int is_inside(const char *file, const char *folder)
{
    char *real_file = realpath(file, NULL);
    char *real_folder = realpath(folder, NULL);
    const size_t length = real_folder == NULL ? 0 : strlen(real_folder);
    const int is = real_file != NULL && real_folder != NULL &&
                   strncmp(real_file, real_folder, length) == 0 && real_file[length] == '/' &&
                   strchr(real_file + length + 1, '/') == NULL;
    free(real_file);
    free(real_folder);
    return is;
}

/* Whether the file has nothing that the folder has not. */
static int folder_is_all(void)
{
    const char *folder = place(X509_get_default_cert_dir_env(), X509_get_default_cert_dir());
    const char *file = place(X509_get_default_cert_file_env(), X509_get_default_cert_file());
    return is_inside(file, folder) && has_hashes(folder);
}

static int has_issuer(X509_STORE_CTX *chain, X509 *certificate)
{
    X509 *issuer = NULL;
    const int found = X509_STORE_CTX_get1_issuer(&issuer, chain, certificate);
    X509_free(issuer);
    return found == 1;
}

/* Whether what is trusted so far has issued any of the certificates. */
static int has_any_issuer(X509_STORE_CTX *chain)
{
    STACK_OF(X509) *shown = X509_STORE_CTX_get0_untrusted(chain);
    int found = has_issuer(chain, X509_STORE_CTX_get0_cert(chain));
    for (int i = 0; i < sk_X509_num(shown) && !found; i++) {
        found = has_issuer(chain, sk_X509_value(shown, i));
    }
    return found;
}

static int on_chain(X509_STORE_CTX *chain, void *user)
{
    struct tls_context *context = user;
    ERR_set_mark();
    if (!context->trust_read && !has_any_issuer(chain) && (context->verifies || !folder_is_all())) {
        context->trust_read = 1;
        /* A file that is not there has nothing to add. */
        (void)X509_STORE_set_default_paths(X509_STORE_CTX_get0_store(chain));
    }
    ERR_pop_to_mark();
    return X509_verify_cert(chain);
}

int tls__trust_system(struct tls_context *context)
{
    X509_STORE *store = SSL_CTX_get_cert_store(context->ssl);
    X509_LOOKUP *folder = X509_STORE_add_lookup(store, X509_LOOKUP_hash_dir());
    if (folder == NULL || X509_LOOKUP_add_dir(folder, NULL, X509_FILETYPE_DEFAULT) != 1) {
        return -1;
    }
    SSL_CTX_set_cert_verify_callback(context->ssl, on_chain, context);
    return 0;
}
