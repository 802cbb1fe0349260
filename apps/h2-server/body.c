/* SPDX-License-Identifier: MIT */
#include "body.h"

#include <string.h>

void body_clear(struct body *body)
{
    if (body->clear != NULL) {
        body->clear(body);
    }
    memset(body, 0, sizeof *body);
}
