/* SPDX-License-Identifier: MIT */
#include "tls_trust.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

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

/* Of what the server has shown, the one that has issued the certificate. */
static X509 *find_issuer(const STACK_OF(X509) * shown, X509 *certificate)
{
    for (int i = 0; i < sk_X509_num(shown); i++) {
        X509 *other = sk_X509_value(shown, i);
        if (other != certificate && X509_check_issued(other, certificate) == X509_V_OK) {
            return other;
        }
    }
    return NULL;
}

/* Whether the way up from the certificate of the server comes to what is trusted so far. */
static int has_anchor(X509_STORE_CTX *chain)
{
    const STACK_OF(X509) *shown = X509_STORE_CTX_get0_untrusted(chain);
    X509 *at = X509_STORE_CTX_get0_cert(chain);
    /* As many steps as there are certificates: they may have issued each other. */
    for (int i = 0; at != NULL && i <= sk_X509_num(shown); i++) {
        if (has_issuer(chain, at)) {
            return 1;
        }
        at = find_issuer(shown, at);
    }
    return 0;
}

static int on_chain(X509_STORE_CTX *chain, void *user)
{
    struct tls_context *context = user;
    ERR_set_mark();
    if (!context->trust_read && !has_anchor(chain) && (context->verifies || !folder_is_all())) {
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
