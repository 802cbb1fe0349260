# SPDX-License-Identifier: MIT
# How test programs are declared.

# Exit status by which a test says that it did not run; it prints why.
set(H2KIT_SKIP_CODE 77)

# h2kit_add_unit_test(NAME <name> SOURCES <file>... [LIBS <target>...] [PRIVATE_INCLUDES <dir>...]
#                     [DEFINITIONS <definition>...] [ARGS <argument>...])
#
# A cmocka program, registered as "<folder>.<name>", for example hpack.decoder. In the folder of a
# library it links that library's static flavour, unless LIBS names the shared one. The include
# folders are relative to the root of the repository.
function(h2kit_add_unit_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME"
    "SOURCES;LIBS;PRIVATE_INCLUDES;DEFINITIONS;ARGS")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_NAME OR NOT arg_SOURCES)
    message(FATAL_ERROR "h2kit_add_unit_test: bad arguments: ${ARGV}")
  endif()
  get_filename_component(folder "${CMAKE_CURRENT_SOURCE_DIR}" NAME)
  string(REGEX REPLACE "^${folder}[._]" "" name "${arg_NAME}")
  set(target test_${folder}_${name})

  add_executable(${target} ${arg_SOURCES})
  h2kit_target(${target})
  if(TARGET ${folder}::${folder}_static AND NOT "${folder}::${folder}_shared" IN_LIST arg_LIBS)
    if(TARGET ${folder}_internals)
      list(APPEND arg_LIBS ${folder}_internals)
    else()
      list(APPEND arg_LIBS ${folder}::${folder}_static)
    endif()
  endif()
  target_link_libraries(${target} PRIVATE ${arg_LIBS} h2kit_test_support)
  foreach(include IN LISTS arg_PRIVATE_INCLUDES)
    target_include_directories(${target} PRIVATE "${h2kit_SOURCE_DIR}/${include}")
  endforeach()
  target_compile_definitions(${target} PRIVATE ${arg_DEFINITIONS})

  add_test(NAME ${folder}.${name} COMMAND ${target} ${arg_ARGS})
  set_tests_properties(${folder}.${name} PROPERTIES
    SKIP_RETURN_CODE ${H2KIT_SKIP_CODE} LABELS unit TIMEOUT 300)
endfunction()

# h2kit_add_script_test(NAME <full name> COMMAND <command>... [LABELS <label>...]
#                       [TIMEOUT <seconds>] [RUN_SERIAL])
#
# A test that is a script or a tool; the name is taken as it is, for example interop.nginx.
function(h2kit_add_script_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "RUN_SERIAL" "NAME;TIMEOUT" "COMMAND;LABELS")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_NAME OR NOT arg_COMMAND)
    message(FATAL_ERROR "h2kit_add_script_test: bad arguments: ${ARGV}")
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  add_test(NAME ${arg_NAME} COMMAND ${arg_COMMAND})
  set_tests_properties(${arg_NAME} PROPERTIES SKIP_RETURN_CODE ${H2KIT_SKIP_CODE}
    LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT} RUN_SERIAL ${arg_RUN_SERIAL})
endfunction()
