# SPDX-License-Identifier: MIT
# How fuzz targets are declared.

# h2kit_add_fuzz(NAME <name> SOURCES <file>... [LIBS <target>...] [PRIVATE_INCLUDES <dir>...])
#
# fuzz_<name>_replay runs LLVMFuzzerTestOneInput over files and needs no fuzzing engine; the test
# fuzz.<name> runs it over corpus/<name>. With H2KIT_FUZZ there is also fuzz_<name>, the libFuzzer
# program. The include folders are relative to the root of the repository.
function(h2kit_add_fuzz)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME" "SOURCES;LIBS;PRIVATE_INCLUDES")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_NAME OR NOT arg_SOURCES)
    message(FATAL_ERROR "h2kit_add_fuzz: bad arguments: ${ARGV}")
  endif()
  set(replay fuzz_${arg_NAME}_replay)
  set(targets ${replay})
  add_executable(${replay} ${arg_SOURCES} "${h2kit_SOURCE_DIR}/fuzz/replay_main.c")
  if(H2KIT_FUZZ)
    list(APPEND targets fuzz_${arg_NAME})
    add_executable(fuzz_${arg_NAME} ${arg_SOURCES})
    target_link_options(fuzz_${arg_NAME} PRIVATE -fsanitize=fuzzer)
  endif()
  list(TRANSFORM arg_PRIVATE_INCLUDES PREPEND "${h2kit_SOURCE_DIR}/")
  foreach(target IN LISTS targets)
    h2kit_target(${target})
    target_link_libraries(${target} PRIVATE ${arg_LIBS})
    target_include_directories(${target} PRIVATE ${arg_PRIVATE_INCLUDES})
    # The engine calls LLVMFuzzerTestOneInput, for which there is no header.
    target_compile_options(${target} PRIVATE -Wno-missing-prototypes)
  endforeach()

  if(H2KIT_TESTS)
    add_test(NAME fuzz.${arg_NAME}
      COMMAND ${replay} "${h2kit_SOURCE_DIR}/fuzz/corpus/${arg_NAME}")
    set_tests_properties(fuzz.${arg_NAME} PROPERTIES LABELS fuzz TIMEOUT 300)
  endif()
endfunction()
