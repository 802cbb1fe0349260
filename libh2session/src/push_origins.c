/* SPDX-License-Identifier: MIT */
#include "push_origins.h"

#include <assert.h>
#include <string.h>

#include "check.h"
#include "field_copy.h"

enum { START = 3 };

void h2session__push_origins_init(struct push_origins *o, const struct memory *memory)
{
    *o = (struct push_origins){.memory = memory};
}

static void drop_places(struct push_origins *o)
{
    h2session__memory_free(o->memory, o->places, o->capacity * sizeof *o->places);
    h2session__push_origins_init(o, o->memory);
}

static void drop_origin(struct push_origins *o, struct push_origin *origin)
{
    h2session__memory_free(o->memory, origin->fields, origin->size);
    *origin = (struct push_origin){.users = 0};
    o->count--;
}

void h2session__push_origins_free(struct push_origins *o)
{
    for (uint32_t i = 0; i < o->capacity; i++) {
        if (o->places[i].users > 0) {
            drop_origin(o, &o->places[i]);
        }
    }
    drop_places(o);
}

/* Twice the places and one more, until there are ORIGINS_MAX. */
static int grow_places(struct push_origins *o)
{
    uint32_t capacity = o->capacity > 0 ? o->capacity * 2 + 1 : START;
    struct push_origin *places = h2session__memory_zero(o->memory, capacity * sizeof *places);
    if (places == NULL) {
        return -1;
    }
    if (o->capacity > 0) {
        memcpy(places, o->places, o->capacity * sizeof *places);
    }
    h2session__memory_free(o->memory, o->places, o->capacity * sizeof *places);
    o->places = places;
    o->capacity = capacity;
    return 0;
}

/* The place of an equal origin, else a free one, else NULL. */
static struct push_origin *find_origin(const struct push_origins *o, const hpack_field *origin)
{
    struct push_origin *free_one = NULL;
    for (uint32_t i = 0; i < o->capacity; i++) {
        struct push_origin *place = &o->places[i];
        if (place->users == 0) {
            free_one = free_one != NULL ? free_one : place;
        } else if (h2session__http_push_same_origin(place->fields, origin)) {
            return place;
        }
    }
    return free_one;
}

static int fill(struct push_origins *o, struct push_origin *place, const hpack_field *origin)
{
    place->size = h2session__field_copy_size(origin, ORIGIN_FIELDS);
    place->fields = h2session__memory_new(o->memory, place->size);
    if (place->fields == NULL) {
        return -1;
    }
    h2session__field_copy_write(place->fields, origin, ORIGIN_FIELDS);
    o->count++;
    return 0;
}

int h2session__push_origins_take(struct push_origins *o, const hpack_field origin[ORIGIN_FIELDS])
{
    struct push_origin *place = find_origin(o, origin);
    if (place == NULL && o->capacity >= ORIGINS_MAX) {
        return 0;
    }
    if (place == NULL) {
        if (grow_places(o) != 0) {
            return -1;
        }
        place = &o->places[o->count]; /* all before it are in use */
    }
    if (place->users == 0 && fill(o, place, origin) != 0) {
        return -1;
    }
    place->users++;
    RUN_CHECK(h2session__push_origins_check(o));
    return (int)(place - o->places) + 1;
}

const hpack_field *h2session__push_origins_get(const struct push_origins *o, uint32_t place)
{
    assert(place <= o->capacity);
    return place > 0 ? o->places[place - 1].fields : NULL;
}

void h2session__push_origins_give(struct push_origins *o, uint32_t place)
{
    assert(place <= o->capacity);
    if (place == 0 || --o->places[place - 1].users > 0) {
        return;
    }
    drop_origin(o, &o->places[place - 1]);
    if (o->count == 0) {
        drop_places(o);
    }
    RUN_CHECK(h2session__push_origins_check(o));
}

void h2session__push_origins_check(const struct push_origins *o)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < o->capacity; i++) {
        check_that((o->places[i].users == 0) == (o->places[i].fields == NULL));
        count += o->places[i].users > 0 ? 1 : 0;
    }
    check_that(count == o->count && o->capacity <= ORIGINS_MAX);
    check_that((o->capacity == 0) == (o->places == NULL));
}
