/* SPDX-License-Identifier: MIT */
/* hpack-encode: hands over to tool.c. */
#include "encode.h"

int main(int argc, char **argv)
{
    struct encode encode = {0};

    return tool_main(&encode_work, &encode, argc, argv);
}
