/* SPDX-License-Identifier: MIT */
/* What the end of a stream tells a client: whether the response is whole, and whether the request
 * can be sent again. */
#include "fixture.h"

enum { END = H2FRAME_FLAG_END_STREAM };

static struct body upload;

static void asks_with_a_body(struct fixture *f)
{
    upload = (struct body){.length = 5, .defer = 9};
    (void)app_request(f, POST_FIELDS, &upload, NULL);
}

static void asks_twice(struct fixture *f)
{
    (void)app_request(f, GET_FIELDS, NULL, NULL);
    (void)app_request(f, GET_FIELDS, NULL, NULL);
}

/* rfc: 9113#8.1 */
static void whole_response_then_no_error(struct fixture *f)
{
    peer_headers(f, 1, ":status 413", 0);
    peer_data(f, 1, 4, END);
    peer_reset(f, 1, H2FRAME_CODE_NO_ERROR);
}

static void whole_response_then_cancel(struct fixture *f)
{
    peer_headers(f, 1, ":status 413", END);
    peer_reset(f, 1, H2FRAME_CODE_CANCEL);
}

static void half_a_response_then_no_error(struct fixture *f)
{
    peer_headers(f, 1, ":status 200", 0);
    peer_data(f, 1, 4, 0);
    peer_reset(f, 1, H2FRAME_CODE_NO_ERROR);
}

static void refusals(struct fixture *f)
{
    peer_reset(f, 1, H2FRAME_CODE_REFUSED_STREAM);
    peer_headers(f, 3, ":status 103", 0);
    peer_reset(f, 3, H2FRAME_CODE_REFUSED_STREAM);
}

static void refusal_of_what_was_answered(struct fixture *f)
{
    peer_headers(f, 1, ":status 200", 0);
    peer_reset(f, 1, H2FRAME_CODE_REFUSED_STREAM);
    peer_reset(f, 3, H2FRAME_CODE_CANCEL);
}

static void goaway(struct fixture *f)
{
    peer_goaway(f, 1, H2FRAME_CODE_NO_ERROR);
}

static void answers_204(struct fixture *f)
{
    f->answer = ":status 204";
}

static void request_in_part_then_no_error(struct fixture *f)
{
    peer_headers(f, 1, POST_FIELDS, 0);
    peer_reset(f, 1, H2FRAME_CODE_NO_ERROR);
}

static void request_then_no_error(struct fixture *f)
{
    peer_headers(f, 1, GET_FIELDS, END);
    peer_reset(f, 1, H2FRAME_CODE_NO_ERROR);
}

#define UPLOAD "> HEADERS 1 END_HEADERS :method=POST :scheme=https :authority=a.example :path=/\n"
#define GETS                                                                                       \
    "> HEADERS 1 END_STREAM|END_HEADERS :method=GET :scheme=https :authority=a.example :path=/\n"  \
    "> HEADERS 3 END_STREAM|END_HEADERS :method=GET :scheme=https :authority=a.example :path=/\n"
#define CLIENT H2SESSION_CLIENT

/* rfc: 9113#8.7 */
static const struct scenario SCENARIOS[] = {
    {"NO_ERROR after the whole response is a success", CLIENT, NULL, whole_response_then_no_error,
     "response 1 :status=413\ndata 1 4\nend 1\nclosed 1 NO_ERROR RESET_BY_PEER remote "
     "complete\n" UPLOAD,
     asks_with_a_body, 0},
    {"other codes after it are told", CLIENT, NULL, whole_response_then_cancel,
     "response 1 end :status=413\nend 1\nclosed 1 CANCEL RESET_BY_PEER remote complete\n" UPLOAD,
     asks_with_a_body, 0},
    {"NO_ERROR before it is none", CLIENT, NULL, half_a_response_then_no_error,
     "response 1 :status=200\ndata 1 4\nclosed 1 CANCEL RESET_BY_PEER remote\n" UPLOAD,
     asks_with_a_body, 0},
    {"refused streams can be sent again", CLIENT, NULL, refusals,
     "closed 1 REFUSED_STREAM RESET_BY_PEER remote unprocessed\ninformational 3 :status=103\n"
     "closed 3 REFUSED_STREAM RESET_BY_PEER remote\n" GETS,
     asks_twice, 0},
    {"answered and cancelled ones can not", CLIENT, NULL, refusal_of_what_was_answered,
     "response 1 :status=200\nclosed 1 REFUSED_STREAM RESET_BY_PEER remote\n"
     "closed 3 CANCEL RESET_BY_PEER remote\n" GETS,
     asks_twice, 0},
    {"streams above that of GOAWAY can", CLIENT, NULL, goaway,
     "goaway last=1 NO_ERROR\n"
     "closed 3 REFUSED_STREAM GOAWAY_NOT_PROCESSED remote unprocessed\n" GETS,
     asks_twice, 0},
    {"a client's NO_ERROR before the response is a cancel", H2SESSION_SERVER, NULL,
     request_then_no_error,
     "request 1 end :method=GET :scheme=https :authority=a.example :path=/\nend 1\n"
     "closed 1 CANCEL RESET_BY_PEER remote\n",
     NULL, 0},
    {"a client's NO_ERROR after the response is none", H2SESSION_SERVER, answers_204,
     request_in_part_then_no_error,
     "request 1 :method=POST :scheme=https :authority=a.example :path=/\n"
     "closed 1 NO_ERROR RESET_BY_PEER remote\n> HEADERS 1 END_STREAM|END_HEADERS :status=204\n",
     NULL, 0},
};

static void the_end_tells_what_became_of_the_request(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SCENARIOS / sizeof SCENARIOS[0]; i++) {
        scenario_run(&SCENARIOS[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_end_tells_what_became_of_the_request),
    };
    return cmocka_run_group_tests_name("session_resets", tests, NULL, NULL);
}
