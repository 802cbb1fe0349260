# SPDX-License-Identifier: MIT
# h2kit_target(<target>): what every target of this build gets: language level, warnings, and the
# instrumentation chosen by the H2KIT_ options. Nothing is set for targets of others.

set(h2kit_warnings -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes)
if(H2KIT_WERROR)
  list(APPEND h2kit_warnings -Werror)
endif()

set(h2kit_instrumentation "")
if(H2KIT_SANITIZE)
  string(REPLACE ";" "," sanitizers "${H2KIT_SANITIZE}")
  list(APPEND h2kit_instrumentation -fsanitize=${sanitizers} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  unset(sanitizers)
endif()
if(H2KIT_FUZZ)
  if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "H2KIT_FUZZ needs clang: set CMAKE_C_COMPILER")
  endif()
  list(APPEND h2kit_instrumentation -fsanitize=fuzzer-no-link)
endif()
if(H2KIT_COVERAGE)
  list(APPEND h2kit_instrumentation --coverage)
endif()

function(h2kit_target target)
  set_target_properties(${target} PROPERTIES
    C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF)
  target_compile_options(${target} PRIVATE ${h2kit_warnings} ${h2kit_instrumentation})
  get_target_property(type ${target} TYPE)
  if(h2kit_instrumentation AND NOT type STREQUAL "STATIC_LIBRARY")
    target_link_options(${target} PRIVATE ${h2kit_instrumentation})
  endif()
  if(H2KIT_CHECKS)
    target_compile_definitions(${target} PRIVATE H2_CHECKS)
  endif()
endfunction()
