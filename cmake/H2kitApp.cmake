# SPDX-License-Identifier: MIT
# How programs are declared.

# h2kit_add_app(NAME <name> SOURCES <file>... [LIBS <target>...])
#
# A program of that name, installed in bin; it links apps/common where that exists, which brings the
# libraries, and mimalloc as H2KIT_MIMALLOC says.
function(h2kit_add_app)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME" "SOURCES;LIBS")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_NAME OR NOT arg_SOURCES)
    message(FATAL_ERROR "h2kit_add_app: bad arguments: ${ARGV}")
  endif()
  add_executable(${arg_NAME} ${arg_SOURCES})
  h2kit_target(${arg_NAME})
  set_target_properties(${arg_NAME} PROPERTIES BUILD_RPATH_USE_ORIGIN ON)
  target_link_libraries(${arg_NAME} PRIVATE ${arg_LIBS} h2kit::mimalloc)
  if(NOT CMAKE_INSTALL_PREFIX MATCHES "^/usr(/local)?/?$")
    file(RELATIVE_PATH to_lib "${CMAKE_INSTALL_FULL_BINDIR}" "${CMAKE_INSTALL_FULL_LIBDIR}")
    set_target_properties(${arg_NAME} PROPERTIES INSTALL_RPATH "$ORIGIN/${to_lib}")
  endif()
  if(H2KIT_INSTALL)
    install(TARGETS ${arg_NAME} RUNTIME COMPONENT h2kit-tools)
  endif()
endfunction()
