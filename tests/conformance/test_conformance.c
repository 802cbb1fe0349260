/* SPDX-License-Identifier: MIT */
/*
 * Runs the conversations of the files given as arguments: the peer's octets whole, octet by octet
 * and cut at random, with the same log and the same output each time; once more with junk behind
 * the fault, before anything is sent; once more from the trace of its calls; and with every
 * allocation failing in turn.
 *
 * usage: test_conformance FILE... [-n NAME] runs the cases whose names contain NAME.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aftermath.h"
#include "play.h"
#include "words.h"

/* At least so many conversations have their allocations fail. */
enum { CASES_MIN = 150 };

struct trial {
    char name[160];
    const struct conversation *c;
    uint32_t role;
};

static int is_connection_fault(const struct line *line)
{
    return line->kind == LINE_FAULT && strncmp(line->text, "connection ", 11) == 0;
}

static int is_dead_after(const struct conversation *c)
{
    int dead = c->after == AFTER_DEAD;
    for (size_t i = 0; i < c->count && c->after == AFTER_DEFAULT; i++) {
        dead |= is_connection_fault(&c->lines[i]);
    }
    return dead;
}

/* ---- What must come out ---- */

static uint32_t count_lines(const char *text, const char *start)
{
    uint32_t count = 0;
    for (const char *at = text; at != NULL && *at != '\0';) {
        count += strncmp(at, start, strlen(start)) == 0;
        at = strchr(at, '\n');
        at = at != NULL ? at + 1 : NULL;
    }
    return count;
}

static void need_line(struct fixture *f, const char *line)
{
    size_t length = strlen(line);
    uint32_t found = 0;
    for (const char *at = fixture_text(f); *at != '\0'; at += at[0] == '\n') {
        size_t n = strcspn(at, "\n");
        found += n == length && memcmp(at, line, n) == 0;
        at += n;
    }
    if (found != 1) {
        print_error("%u times, but once is expected: %s\nin:\n%s", found, line, fixture_text(f));
        fail();
    }
}

/* GOAWAYs whose line ends so. */
static uint32_t count_goaways(const char *text, const char *end)
{
    static const char head[] = "> GOAWAY 0 last=";
    uint32_t count = 0;
    for (const char *at = strstr(text, head); at != NULL; at = strstr(at + 1, head)) {
        const char *code = strchr(at + sizeof head, ' ');
        count += code != NULL && strncmp(code, end, strlen(end)) == 0;
    }
    return count;
}

/* "stream 1 CODE REASON" or "connection CODE REASON" is told once and sent once. */
static void check_fault(struct fixture *f, const char *text)
{
    struct words w = words_of(text);
    char line[200];
    char code[32];
    char reason[64];
    int connection = words_take(&w, "connection");
    uint32_t id = connection || !words_take(&w, "stream") ? 0 : words_number(&w);
    words_next(&w, code, sizeof code);
    words_next(&w, reason, sizeof reason);
    (void)snprintf(line, sizeof line, "fault %s %u %s %s", connection ? "connection" : "stream", id,
                   code, reason);
    need_line(f, line);
    if (!connection) {
        (void)snprintf(line, sizeof line, "> RST_STREAM %u %s", id, code);
        need_line(f, line);
        return;
    }
    (void)snprintf(line, sizeof line, " %s\n", code);
    if (count_goaways(fixture_text(f), line) != 1) {
        print_error("once a GOAWAY with %s in:\n%s", code, fixture_text(f));
        fail();
    }
}

static void check_faults(struct play *p)
{
    struct fixture *f = &p->f;
    uint32_t faults = 0;
    for (size_t i = 0; i < p->c->count; i++) {
        if (p->c->lines[i].kind == LINE_FAULT) {
            check_fault(f, p->c->lines[i].text);
            faults++;
        }
    }
    if (count_lines(fixture_text(f), "fault ") != faults) {
        print_error("%u faults expected, got:\n%s", faults, fixture_text(f));
        fail();
    }
}

static void check_log(struct play *p)
{
    struct octets expected = {.length = 0};
    octets_add(&expected, "", 0);
    for (size_t i = 0; i < p->c->count; i++) {
        if (p->c->lines[i].kind == LINE_LOG) {
            octets_add(&expected, p->c->lines[i].text, strlen(p->c->lines[i].text));
            octets_add(&expected, "\n", 1);
        }
    }
    if (expected.length > 0 && strcmp((char *)expected.data, fixture_text(&p->f)) != 0) {
        print_error("expected:\n%sgot:\n%s", (char *)expected.data, fixture_text(&p->f));
        fail();
    }
    free(expected.data);
}

static void check_after(struct play *p)
{
    if (is_dead_after(p->c)) {
        aftermath_dead(&p->f);
    } else if (p->c->after == AFTER_OPEN) {
        assert_int_equal(h2session_tick(p->f.s, p->f.now_ns), 0);
    } else {
        aftermath_alive(&p->f, p->peer.next_id > 9001 ? p->peer.next_id : 9001);
    }
}

/* ---- All runs of a case ---- */

struct sweep {
    const struct trial *trial;
    struct octets log; /* of the first run */
    struct octets output;
};

static int output_differs(const struct sweep *sweep, const struct fixture *f)
{
    return sweep->output.length != f->output.length ||
           (f->output.length > 0 &&
            memcmp(sweep->output.data, f->output.data, f->output.length) != 0);
}

static void run_cut(const size_t *cuts, size_t count, void *arg)
{
    struct sweep *sweep = arg;
    struct play p = {
        .c = sweep->trial->c, .role = sweep->trial->role, .cuts = cuts, .cut_count = count};
    play_run(&p);
    const char *text = fixture_text(&p.f);
    if (sweep->log.data == NULL) {
        octets_add(&sweep->log, text, strlen(text));
        octets_add(&sweep->output, p.f.output.data, p.f.output.length);
        check_log(&p);
        check_faults(&p);
    }
    if (strcmp((char *)sweep->log.data, text) != 0 || output_differs(sweep, &p.f)) {
        print_error("whole:\n%s%zu cuts:\n%s", (char *)sweep->log.data, count, text);
        fail();
    }
    check_after(&p);
    play_end(&p);
}

/* What comes behind a fault of the connection does not change what is told and sent. */
static void run_junk(const struct sweep *sweep)
{
    struct play p = {.c = sweep->trial->c, .role = sweep->trial->role, .behind = aftermath_junk};
    play_run(&p);
    check_faults(&p);
    assert_false(output_differs(sweep, &p.f));
    play_end(&p);
}

/* The trace of a run, played again, gives the same events and the same octets. */
static void run_again(const struct sweep *sweep)
{
    struct octets trace = {.length = 0};
    struct play first = {.c = sweep->trial->c, .role = sweep->trial->role, .trace_to = &trace};
    octets_add(&trace, "", 0);
    play_run(&first);
    play_end(&first);
    struct play again = {.c = sweep->trial->c, .role = sweep->trial->role};
    play_again(&again, (const char *)trace.data);
    if (strcmp((const char *)sweep->log.data, fixture_text(&again.f)) != 0 ||
        output_differs(sweep, &again.f)) {
        print_error("trace:\n%sfirst:\n%sagain:\n%s", (const char *)trace.data,
                    (const char *)sweep->log.data, fixture_text(&again.f));
        fail();
    }
    play_end(&again);
    free(trace.data);
}

static int run_failing(struct test_alloc *a, void *arg)
{
    const struct trial *trial = arg;
    struct play p = {.c = trial->c, .role = trial->role, .alloc = a};
    play_run(&p);
    int result = p.f.saw_nomem ? H2SESSION_ERR_NOMEM : 0;
    play_end(&p);
    return result;
}

static size_t input_length(const struct trial *trial)
{
    struct play p = {.c = trial->c, .role = trial->role};
    play_run(&p);
    size_t length = p.segment_start;
    play_end(&p);
    return length;
}

static void run_case(void **state)
{
    struct trial *trial = *state;
    struct sweep sweep = {.trial = trial};
    print_message("             %s:%u\n", trial->c->file, trial->c->number);
    test_each_split(input_length(trial), run_cut, &sweep);
    if (is_dead_after(trial->c)) {
        run_junk(&sweep);
    }
    run_again(&sweep);
    free(sweep.log.data);
    free(sweep.output.data);
    test_each_failing_alloc(run_failing, trial);
}

/* ---- All cases ---- */

static size_t add_trials(const struct book *book, const char *filter, struct CMUnitTest *tests,
                         struct trial *trials)
{
    size_t count = 0;
    for (size_t i = 0; i < 2 * book->count; i++) {
        const struct conversation *c = &book->cases[i / 2];
        uint32_t role = i % 2 == 0 ? ROLE_CLIENT : ROLE_SERVER;
        if ((c->roles & role) == 0 || strstr(c->name, filter) == NULL) {
            continue;
        }
        struct trial *trial = &trials[count];
        *trial = (struct trial){.c = c, .role = role};
        (void)snprintf(trial->name, sizeof trial->name, "%s: %s",
                       role == ROLE_CLIENT ? "client" : "server", c->name);
        tests[count++] =
            (struct CMUnitTest){.name = trial->name, .test_func = run_case, .initial_state = trial};
    }
    return count;
}

int main(int argc, char **argv)
{
    struct book book = {.count = 0};
    const char *filter = "";
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-n") == 0 && i + 1 < argc) {
            filter = argv[++i];
        } else {
            book_read(&book, argv[i]);
        }
    }
    struct CMUnitTest *tests = calloc(2 * book.count + 1, sizeof *tests);
    struct trial *trials = calloc(2 * book.count + 1, sizeof *trials);
    if (tests == NULL || trials == NULL) {
        return 2;
    }
    size_t count = add_trials(&book, filter, tests, trials);
    int failed = _cmocka_run_group_tests("conformance", tests, count, NULL, NULL);
    if (*filter == '\0' && count < CASES_MIN) {
        fprintf(stderr, "%zu cases, at least %d are expected\n", count, (int)CASES_MIN);
        failed = 1;
    }
    free(tests);
    free(trials);
    book_free(&book);
    return failed == 0 ? 0 : 1;
}
