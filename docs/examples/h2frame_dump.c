/* SPDX-License-Identifier: MIT */
/*
 * Prints the frames in a file of HTTP/2 octets, or in standard input: one side of a connection, as
 * cut out of a capture. The client's preface at the start is recognised.
 *
 *   cc h2frame_dump.c $(pkg-config --cflags --libs libh2frame) -o h2frame_dump
 *   ./h2frame_dump < client-to-server.bin
 */
#include <h2frame/h2frame.h>

#include <stdio.h>

static void print_flags(const h2frame_frame *frame)
{
    const char *separator = " [";
    uint32_t bit;
    for (bit = 1; bit <= 0x80; bit <<= 1) {
        const char *name = h2frame_flag_name(frame->type, bit);
        if ((frame->flags & bit) != 0 && name != NULL) {
            printf("%s%s", separator, name);
            separator = ",";
        }
    }
    printf("%s", separator[0] == ',' ? "]" : "");
}

static void print_members(const h2frame_frame *frame)
{
    size_t i;
    switch (frame->type) {
    case H2FRAME_TYPE_SETTINGS:
        for (i = 0; i < frame->settings_count; i++) {
            printf(" %s=%lu", h2frame_setting_name(frame->settings[i].id),
                   (unsigned long)frame->settings[i].value);
        }
        break;
    case H2FRAME_TYPE_WINDOW_UPDATE:
        printf(" increment=%lu", (unsigned long)frame->increment);
        break;
    case H2FRAME_TYPE_GOAWAY:
        printf(" last=%lu %s", (unsigned long)frame->last_stream_id,
               h2frame_code_name(frame->error_code));
        break;
    case H2FRAME_TYPE_RST_STREAM:
        printf(" %s", h2frame_code_name(frame->error_code));
        break;
    default:
        break;
    }
}

static void print_event(const h2frame_event *event)
{
    const h2frame_frame *frame = &event->frame;
    if (event->kind == H2FRAME_EVENT_PREFACE) {
        printf("preface\n");
    } else if (event->kind == H2FRAME_EVENT_FAULT) {
        printf("fault: %s: %s (%s)\n", h2frame_code_name(event->fault.code),
               h2frame_reason_text(event->fault.reason), h2frame_reason_where(event->fault.reason));
    } else if ((frame->part & H2FRAME_PART_FIRST) != 0) { /* the head is the same in all parts */
        printf("%s stream=%lu length=%lu", h2frame_type_name(frame->type),
               (unsigned long)frame->stream_id, (unsigned long)frame->length);
        print_flags(frame);
        print_members(frame);
        printf("\n");
    }
}

/* Feeds all of data; returns 0 or an error of h2frame. */
static int feed(h2frame_parser *parser, const uint8_t *data, size_t length)
{
    const h2frame_event *event;
    do {
        size_t consumed;
        int rv = h2frame_parser_next(parser, data, length, &consumed, &event);
        if (rv != 0) {
            return rv;
        }
        if (event != NULL) {
            print_event(event);
        }
        data += consumed;
        length -= consumed;
    } while (event != NULL);
    return 0;
}

static int dump(FILE *input)
{
    h2frame_parser_config config;
    h2frame_parser *parser;
    uint8_t data[16384];
    size_t length = fread(data, 1, sizeof data, input);
    int rv = h2frame_parser_config_init(&config, sizeof config);
    if (rv != 0) {
        return rv;
    }
    config.max_frame_size = H2FRAME_MAX_MAX_FRAME_SIZE; /* not known here */
    config.expect_preface = length > 0 && data[0] == h2frame_preface()[0];
    rv = h2frame_parser_new(&parser, &config);
    while (rv == 0 && length > 0) {
        rv = feed(parser, data, length);
        length = fread(data, 1, sizeof data, input);
    }
    if (rv == 0 && h2frame_parser_in_frame(parser)) {
        printf("the input ends inside a frame\n");
    }
    h2frame_parser_free(parser);
    return rv;
}

int main(int argc, char **argv)
{
    FILE *input = argc > 1 ? fopen(argv[1], "rb") : stdin;
    int rv;
    if (input == NULL) {
        perror(argv[1]);
        return 1;
    }
    rv = dump(input);
    if (rv != 0) {
        fprintf(stderr, "%s\n", h2frame_error_text(rv));
    }
    if (input != stdin) {
        fclose(input);
    }
    return rv == 0 && !ferror(stdout) ? 0 : 1;
}
