/* SPDX-License-Identifier: MIT */
#include "profile.h"

#include <h2session/h2session.h>

enum { NEITHER = 0, CLIENT = 1, SERVER = 2, BOTH = 3 };

/* The columns: at which side the rule is only told of, in each profile. */
struct row {
    uint16_t reason;
    uint8_t how; /* FORGIVE_ */
    uint8_t compatible;
    uint8_t observe;
};

static const struct row ROWS[] = {
    /* What peers do that mean no harm. */
    {H2SESSION_REASON_FIELD_VALUE, FORGIVE_MESSAGE, BOTH, BOTH}, /* outer space, nothing else */
    {H2SESSION_REASON_HOST, FORGIVE_MESSAGE, BOTH, BOTH}, /* that differs, not a second one */
    {H2SESSION_REASON_FIELD_TE, FORGIVE_MESSAGE, BOTH, BOTH},
    {H2SESSION_REASON_FIELD_CONNECTION, FORGIVE_MESSAGE, CLIENT, CLIENT}, /* no transfer-encoding */
    {H2SESSION_REASON_SETTINGS_ACK_UNEXPECTED, FORGIVE_GO_ON, BOTH, BOTH},
    {H2SESSION_REASON_SETTING_PRIORITIES_CHANGED, FORGIVE_GO_ON, BOTH, BOTH},
    {H2SESSION_REASON_GOAWAY_LAST_ID_GREW, FORGIVE_GO_ON, BOTH, BOTH},
    /* What costs work, but no memory: that has a limit of its own. */
    {H2SESSION_REASON_LIMIT_RESETS, FORGIVE_GO_ON, NEITHER, BOTH},
    {H2SESSION_REASON_LIMIT_GLITCHES, FORGIVE_GO_ON, NEITHER, BOTH},
    {H2SESSION_REASON_LIMIT_REFUSED, FORGIVE_GO_ON, NEITHER, BOTH},
    {H2SESSION_REASON_LIMIT_WINDOW_UPDATES, FORGIVE_GO_ON, NEITHER, BOTH},
    {H2SESSION_REASON_LIMIT_EMPTY_FRAMES, FORGIVE_GO_ON, NEITHER, BOTH},
    {H2SESSION_REASON_TIMEOUT_PROGRESS, FORGIVE_GO_ON, NEITHER, BOTH},
};

uint32_t h2session__profile_forgives(uint32_t profile, uint32_t role, uint32_t reason)
{
    uint32_t side = role == H2SESSION_CLIENT ? CLIENT : SERVER;
    if (profile == H2SESSION_PROFILE_STRICT) {
        return FORGIVE_NOT;
    }
    for (uint32_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        if (ROWS[i].reason == reason) {
            uint32_t sides =
                profile == H2SESSION_PROFILE_OBSERVE ? ROWS[i].observe : ROWS[i].compatible;
            return sides & side ? ROWS[i].how : FORGIVE_NOT;
        }
    }
    return FORGIVE_NOT;
}
