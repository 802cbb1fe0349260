/* SPDX-License-Identifier: MIT */
/* hpack-decode: hands over to tool.c. */
#include "decode.h"

int main(int argc, char **argv)
{
    struct decode decode = {0};

    return tool_main(&decode_work, &decode, argc, argv);
}
