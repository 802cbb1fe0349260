/* SPDX-License-Identifier: MIT */
#include "limits.h"

#include "check.h"

/* Octets of DATA that count as a frame, when one has more. */
enum { DATA_UNIT = 16384 };

void h2session__bucket_init(struct bucket *b, uint32_t burst, uint32_t rate)
{
    *b = (struct bucket){.burst = burst, .rate = rate, .tokens = burst};
}

/* Tokens gained in that time, at most `room`; *rest_ns is the time that bought none of them. */
static uint32_t tokens_in(uint64_t elapsed_ns, uint32_t rate, uint32_t room, uint64_t *rest_ns)
{
    uint64_t seconds = elapsed_ns / SECOND_NS;
    *rest_ns = 0;
    if (seconds >= room) {
        return room; /* at least one a second; keeps the products below within 64 bits */
    }
    uint64_t scaled = elapsed_ns % SECOND_NS * rate;
    uint64_t gained = seconds * rate + scaled / SECOND_NS;
    if (gained >= room) {
        return room;
    }
    *rest_ns = scaled % SECOND_NS / rate;
    return (uint32_t)gained;
}

static void refill(struct bucket *b, uint64_t now_ns)
{
    if (!b->started) {
        b->started = 1;
        b->updated_ns = now_ns;
        return;
    }
    if (now_ns <= b->updated_ns || b->rate == 0) {
        return;
    }
    /* The time that bought nothing goes on counting, or frequent calls would never add up to a
     * token. A full bucket has no use for it. */
    uint64_t rest_ns;
    b->tokens += tokens_in(now_ns - b->updated_ns, b->rate, b->burst - b->tokens, &rest_ns);
    b->updated_ns = now_ns - rest_ns;
}

int h2session__bucket_take(struct bucket *b, uint64_t now_ns)
{
    refill(b, now_ns);
    RUN_CHECK(check_that(b->tokens <= b->burst));
    if (b->tokens == 0) {
        return -1;
    }
    b->tokens--;
    return 0;
}

uint32_t h2session__bucket_tokens(const struct bucket *b, uint64_t now_ns)
{
    struct bucket copy = *b;
    refill(&copy, now_ns);
    return copy.tokens;
}

void h2session__limits_init(struct limits *l, const h2session_config *config)
{
    *l = (struct limits){
        .config = config,
        .priority_free = config->priority_free,
        .extension_free = config->extension_free,
        .window_allowed = config->window_update_free,
    };
    h2session__bucket_init(&l->resets, config->reset_burst, config->reset_rate);
    h2session__bucket_init(&l->glitches, config->glitch_burst, config->glitch_rate);
}

static struct verdict exceeded(uint32_t reason, uint64_t value, uint64_t limit)
{
    return verdict_with(verdict_connection(H2FRAME_CODE_ENHANCE_YOUR_CALM, reason), value, limit);
}

static struct verdict charge_bucket(struct bucket *b, uint64_t now_ns, uint32_t reason)
{
    if (h2session__bucket_take(b, now_ns) == 0) {
        return verdict_ok();
    }
    return exceeded(reason, (uint64_t)b->burst + 1, b->burst);
}

/* Counts one more; the count stays where it is once beyond the limit. */
static struct verdict charge_counter(uint32_t *counter, uint32_t limit, uint32_t reason)
{
    if (*counter < limit) {
        ++*counter;
        return verdict_ok();
    }
    return exceeded(reason, (uint64_t)limit + 1, limit);
}

struct verdict h2session__limits_reset(struct limits *l, uint64_t now_ns)
{
    return charge_bucket(&l->resets, now_ns, H2SESSION_REASON_LIMIT_RESETS);
}

struct verdict h2session__limits_glitch(struct limits *l, uint64_t now_ns)
{
    return charge_bucket(&l->glitches, now_ns, H2SESSION_REASON_LIMIT_GLITCHES);
}

struct verdict h2session__limits_refused(struct limits *l)
{
    return charge_counter(&l->refused, l->config->refused_limit, H2SESSION_REASON_LIMIT_REFUSED);
}

static void add_free(uint32_t *count, uint32_t more)
{
    *count += more <= UINT32_MAX - *count ? more : 0;
}

void h2session__limits_accepted(struct limits *l)
{
    l->refused = 0;
    add_free(&l->priority_free, l->config->priority_per_stream);
    add_free(&l->extension_free, l->config->extension_per_stream);
    l->window_allowed += l->config->window_update_per_stream;
}

struct verdict h2session__limits_ack_queued(struct limits *l)
{
    return charge_counter(&l->acks, l->config->ack_queue_limit, H2SESSION_REASON_LIMIT_ACKS);
}

void h2session__limits_acks_sent(struct limits *l, uint32_t count)
{
    l->acks -= count < l->acks ? count : l->acks;
}

static int take_free(uint32_t *count)
{
    if (*count == 0) {
        return -1;
    }
    --*count;
    return 0;
}

int h2session__limits_priority(struct limits *l)
{
    return take_free(&l->priority_free);
}

int h2session__limits_extension(struct limits *l)
{
    return take_free(&l->extension_free);
}

struct verdict h2session__limits_window_update(struct limits *l)
{
    if (limits_window_update_fits(l) == 0) {
        return verdict_ok();
    }
    return exceeded(H2SESSION_REASON_LIMIT_WINDOW_UPDATES, l->window_updates + 1,
                    l->window_allowed);
}

void h2session__limits_data_sent(struct limits *l, uint32_t octets)
{
    uint64_t frames = octets > DATA_UNIT ? (octets - 1) / DATA_UNIT + UINT64_C(1) : 1;
    l->window_allowed += frames * l->config->window_update_per_data;
}

struct verdict h2session__limits_empty(struct limits *l)
{
    uint32_t limit = l->config->empty_frame_limit;
    return limit == 0 ? verdict_ok()
                      : charge_counter(&l->empty, limit, H2SESSION_REASON_LIMIT_EMPTY_FRAMES);
}

struct verdict h2session__limits_opened(struct limits *l, uint64_t now_ns)
{
    uint64_t limit = (uint64_t)l->config->new_stream_factor * l->config->max_concurrent_streams;
    if (now_ns != l->opened_ns) {
        l->opened_ns = now_ns;
        l->opened = 0;
    }
    if (limit == 0 || l->opened < limit) {
        l->opened += l->opened < UINT32_MAX;
        return verdict_ok();
    }
    struct verdict v =
        verdict_stream(H2FRAME_CODE_REFUSED_STREAM, H2SESSION_REASON_LIMIT_NEW_STREAMS);
    return verdict_with(v, limit + 1, limit);
}
