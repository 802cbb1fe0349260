/* SPDX-License-Identifier: MIT */
#include "attack.h"

#include <stdio.h>
#include <string.h>

/* Live heap over octets received, once so many have been received. */
enum { AMPLIFICATION = 8, AMPLIFICATION_FROM = 64 * KIB };

const struct attack *const ATTACKS[] = {FLOODS, RESETS, HEADER_BOMBS, SLOW_PEERS, NULL};

uint32_t attack_id(uint32_t i)
{
    return 1 + 2 * i;
}

static size_t all_frames(const struct fixture *f)
{
    size_t sum = 0;
    for (size_t i = 0; i < sizeof f->sent / sizeof f->sent[0]; i++) {
        sum += f->sent[i];
    }
    return sum;
}

static void complain(const struct attack_run *run, uint32_t round, const char *what, size_t value,
                     size_t limit)
{
    fail_msg("%s: %s: %zu, at most %zu, in round %u", run->attack->name, what, value, limit, round);
}

static void check_bounds(struct attack_run *run, uint32_t round)
{
    const struct attack *a = run->attack;
    struct fixture *f = &run->f;
    run->frames = all_frames(f);
    if (f->alloc->peak_bytes > a->heap) {
        complain(run, round, "octets of memory", f->alloc->peak_bytes, a->heap);
    }
    if (run->wire >= AMPLIFICATION_FROM && f->alloc->live_bytes > AMPLIFICATION * run->wire) {
        complain(run, round, "memory for what was received", f->alloc->live_bytes,
                 (size_t)(AMPLIFICATION * run->wire));
    }
    if (f->events > a->events) {
        complain(run, round, "callbacks", f->events, a->events);
    }
    if (run->frames > a->frames) {
        complain(run, round, "frames sent", run->frames, a->frames);
    }
}

static void check_reason(const struct attack_run *run)
{
    h2session_fault_event fault = {.size = sizeof fault};
    assert_int_equal(h2session_last_fault(run->f.s, &fault), 0);
    const char *reason = h2session_reason_name(fault.reason);
    if (run->attack->reason == NULL || strcmp(reason, run->attack->reason) != 0) {
        fail_msg("%s: ended in round %u for %s", run->attack->name, run->ended_at, reason);
    }
    assert_int_equal(fault.scope, H2FRAME_SCOPE_CONNECTION);
}

static int feed(struct attack_run *run)
{
    struct fixture *f = &run->f;
    run->wire += f->in.length;
    int result = fixture_feed(f);
    if (!run->attack->mute) {
        fixture_drain(f);
    } else {
        /* Something is offered to the transport, which takes none of it. */
        h2frame_bytes pieces[4];
        size_t count = 0;
        assert_int_equal(h2session_peek(f->s, pieces, 4, &count), 0);
    }
    return result;
}

/* Time passes, and the session is called whenever it asked for it. */
static int pass_time(struct fixture *f, uint64_t step_ns)
{
    uint64_t end_ns = f->now_ns + step_ns;
    int result = 0;
    while (step_ns > 0 && result == 0 && h2session_deadline_ns(f->s) <= end_ns) {
        uint64_t at_ns = h2session_deadline_ns(f->s);
        f->now_ns = at_ns > f->now_ns ? at_ns : f->now_ns;
        result = h2session_tick(f->s, f->now_ns);
        fixture_drain(f);
    }
    f->now_ns = end_ns;
    return result;
}

/* A peer that has been told to go goes on all the same. */
void attack_run(struct attack_run *run)
{
    const struct attack *a = run->attack;
    struct fixture *f = &run->f;
    fixture_init(f, a->role, NULL);
    f->quiet = 1;
    if (a->configure != NULL) {
        a->configure(f);
    }
    assert_int_equal(fixture_start(f), 0);
    fixture_greet(f);
    memset(f->sent, 0, sizeof f->sent);
    f->events = 0;
    if (a->setup != NULL) {
        a->setup(f);
        assert_int_equal(feed(run), 0);
    }
    for (uint32_t i = 0; i < a->rounds; i++) {
        a->send(f, i);
        if (f->in.length < run->batch && a->step_ns == 0 && i + 1 < a->rounds) {
            continue;
        }
        int result = feed(run);
        result = result == 0 ? pass_time(f, a->step_ns) : result;
        int reads = (h2session_wants(f->s) & H2SESSION_WANT_READ) != 0;
        if (run->ended_at == 0 && (result != 0 || !reads)) {
            run->ended_at = i + 1;
            run->stalled = a->mute && result == 0;
        }
        check_bounds(run, i);
        if (run->stalled) {
            break; /* nobody reads on when the session does not want to */
        }
    }
}

void attack_check(const struct attack_run *run)
{
    const struct attack *a = run->attack;
    if ((a->reason != NULL) != (run->ended_at > 0) || run->ended_at > a->end_by) {
        fail_msg("%s: ended in round %u, expected %s by %u", a->name, run->ended_at,
                 a->reason != NULL ? a->reason : "no end", a->end_by);
    }
    if (run->ended_at > 0 && !run->stalled) {
        check_reason(run);
    }
    assert_int_equal(run->stalled, a->reason != NULL && strcmp(a->reason, ATTACK_STALLS) == 0);
}

/* A peer that reads again gets what waited, and then nothing is left to do. */
void attack_end(struct attack_run *run)
{
    struct fixture *f = &run->f;
    if (run->attack->mute && (run->stalled || run->ended_at == 0)) {
        fixture_end(f); /* what waits may be without end */
        return;
    }
    fixture_drain(f);
    h2frame_bytes piece;
    size_t count = 1;
    assert_int_equal(h2session_peek(f->s, &piece, 1, &count), 0);
    assert_int_equal(count, 0);
    uint32_t wants = h2session_wants(f->s);
    assert_int_equal(wants, run->ended_at > 0 ? H2SESSION_WANT_CLOSE : H2SESSION_WANT_READ);
    assert_true(h2session_deadline_ns(f->s) > f->now_ns);
    fixture_end(f);
}
