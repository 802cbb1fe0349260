/* SPDX-License-Identifier: MIT */
#include "meter.h"

#include "check.h"

void h2session__meter_init(struct meter *m, const struct memory *hook)
{
    *m = (struct meter){.hook = *hook};
}

void h2session__account_init(struct account *a, struct meter *m)
{
    *a = (struct account){.meter = m};
}

int h2session__account_charge(struct account *a, uint64_t octets)
{
    struct meter *m = a->meter;
    if (octets > UINT64_MAX - m->live) {
        return -1;
    }
    a->live += octets;
    m->live += octets;
    m->peak = m->live > m->peak ? m->live : m->peak;
    RUN_CHECK(check_that(a->live <= m->live && m->live <= m->peak));
    return 0;
}

int h2session__account_release(struct account *a, uint64_t octets)
{
    if (octets > a->live) {
        return -1;
    }
    a->live -= octets;
    a->meter->live -= octets;
    return 0;
}

void *h2session__account_resize(void *account, void *ptr, size_t old_size, size_t new_size)
{
    struct account *a = account;
    void *result = a->meter->hook.resize(a->meter->hook.ctx, ptr, old_size, new_size);
    if (result == NULL && new_size > 0) {
        return NULL;
    }
    (void)h2session__account_release(a, ptr != NULL ? old_size : 0);
    (void)h2session__account_charge(a, new_size);
    return result;
}
