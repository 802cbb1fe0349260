/* SPDX-License-Identifier: MIT */
/* Runs the tables of attacks; each row is a test. rfc: 9113#10.5 */
#include "attack.h"

static void runs_within_its_bounds(void **state)
{
    struct attack_run run = {.attack = *state};
    attack_run(&run);
    attack_check(&run);
    attack_end(&run);
}

enum { MOST = 200 };

int main(void)
{
    struct CMUnitTest tests[MOST];
    size_t count = 0;
    for (size_t i = 0; ATTACKS[i] != NULL; i++) {
        for (const struct attack *a = ATTACKS[i]; a->name != NULL && count < MOST; a++) {
            tests[count++] = (struct CMUnitTest){.name = a->name,
                                                 .test_func = runs_within_its_bounds,
                                                 .initial_state = (void *)(uintptr_t)a};
        }
    }
    return _cmocka_run_group_tests("attacks", tests, count, NULL, NULL);
}
