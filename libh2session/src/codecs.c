/* SPDX-License-Identifier: MIT */
/*
 * The frame parser and the two coders of field sections: made when they are first needed, because a
 * connection that waits for its first request, or between two, is not to hold them for nothing.
 *
 * The parser reads what does not lie whole in the input, and all but the commonest frames. The one
 * that has read the preface goes when that is done; one that is made later was needed by the
 * traffic, and stays until the session is trimmed. A coder holds state of the connection from its
 * first block on, and stays; only the encoder can be dropped, because it may have the peer forget
 * what stands in the table. Until the first block the size of a table has its initial value, or the
 * coder is made, because what must be said about a change depends on all changes (RFC 7541 4.2).
 */
#include "session.h"

int h2session__codecs_new_parser(h2session *s, uint32_t expect_preface, h2frame_parser **out)
{
    const h2session_config *c = &s->config;
    h2frame_parser_config config;
    if (h2frame_parser_config_init(&config, sizeof config) != 0) {
        return H2SESSION_ERR_INTERNAL;
    }
    config.resize = h2session__account_resize;
    config.resize_ctx = &s->accounts[ACCOUNT_OTHER];
    config.max_frame_size =
        h2session__settings_local_largest(&s->settings, H2FRAME_SETTING_MAX_FRAME_SIZE);
    config.settings_entry_limit = c->settings_entry_limit;
    config.extension_limit_bytes = c->extension_limit_bytes;
    config.expect_preface = expect_preface;
    return h2frame_parser_new(out, &config) == 0 ? 0 : H2SESSION_ERR_NOMEM;
}

h2frame_parser *h2session__codecs_make_parser(h2session *s)
{
    const uint32_t is_server = s->config.role == H2SESSION_SERVER;
    if (h2session__codecs_new_parser(s, is_server && !s->settings.remote_seen, &s->parser) != 0) {
        return NULL;
    }
    /* What is for clients a server ignores, whatever is in it. rfc: 7838#4 rfc: 8336#2.2 */
    const uint32_t ignored = is_server << H2FRAME_TYPE_ALTSVC | is_server << H2FRAME_TYPE_ORIGIN;
    return h2frame_parser_set_unsupported(s->parser, ignored) == 0 ? s->parser : NULL;
}

hpack_decoder *h2session__codecs_make_decoder(h2session *s)
{
    const h2session_config *c = &s->config;
    hpack_decoder_config config;
    if (hpack_decoder_config_init(&config, sizeof config) != 0) {
        return NULL;
    }
    config.resize = h2session__account_resize;
    config.resize_ctx = &s->accounts[ACCOUNT_FIELDS];
    config.section_limit_bytes = c->max_header_list_size;
    config.string_limit_bytes = c->max_header_list_size;
    config.field_count_limit = c->field_count_limit;
    config.check_octets = 1;
    return hpack_decoder_new(&s->decoder, &config) == 0 ? s->decoder : NULL;
}

hpack_encoder *h2session__codecs_make_encoder(h2session *s)
{
    hpack_encoder_config config;
    if (hpack_encoder_config_init(&config, sizeof config) != 0) {
        return NULL;
    }
    config.resize = h2session__account_resize;
    config.resize_ctx = &s->accounts[ACCOUNT_FIELDS];
    config.table_size_limit = s->config.encoder_table_size;
    if (hpack_encoder_new(&s->encoder, &config) != 0) {
        return NULL;
    }
    if (s->encoder_dropped) {
        /* Empties the peer's table. rfc: 7541#4.2 */
        hpack_encoder_set_table_limit(s->encoder, 0);
        hpack_encoder_set_table_limit(s->encoder, s->settings.remote.header_table_size);
        s->encoder_dropped = 0;
    }
    s->encoder_fresh = s->config.role == H2SESSION_SERVER;
    return s->encoder;
}

void h2session__codecs_drop_encoder(h2session *s)
{
    s->encoder_dropped |= s->encoder != NULL;
    hpack_encoder_free(s->encoder);
    s->encoder = NULL;
}

int h2session__codecs_decoder_table(h2session *s, uint32_t size)
{
    if (s->decoder == NULL && size == SETTINGS_TABLE_SIZE) {
        return 0;
    }
    hpack_decoder *decoder = codecs_decoder(s);
    if (decoder == NULL) {
        return note_failure(s, H2SESSION_ERR_NOMEM);
    }
    return hpack_decoder_set_table_limit(decoder, size) == 0
               ? 0
               : note_failure(s, H2SESSION_ERR_INTERNAL);
}

int h2session__codecs_encoder_table(h2session *s, uint32_t size)
{
    if (s->encoder == NULL && size == SETTINGS_TABLE_SIZE) {
        return 0;
    }
    hpack_encoder *encoder = codecs_encoder(s);
    if (encoder == NULL) {
        return note_failure(s, H2SESSION_ERR_NOMEM);
    }
    hpack_encoder_set_table_limit(encoder, size);
    return 0;
}

int h2session__codecs_frame_size(h2session *s)
{
    uint32_t size = h2session__settings_local_largest(&s->settings, H2FRAME_SETTING_MAX_FRAME_SIZE);
    return s->parser == NULL ? 0 : h2frame_parser_set_max_frame_size(s->parser, size);
}

void h2session__codecs_rest(h2session *s)
{
    if (s->settings.remote_seen && s->parser != NULL && !h2frame_parser_in_frame(s->parser)) {
        h2frame_parser_free(s->parser);
        s->parser = NULL;
        s->preface_read = 1;
    }
}

void h2session__codecs_free(h2session *s)
{
    hpack_encoder_free(s->encoder);
    hpack_decoder_free(s->decoder);
    h2frame_parser_free(s->parser);
}
