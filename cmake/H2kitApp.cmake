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

# h2kit_add_manual(<program> <manual> <parts>)
#
# The manual page and the completions of a program, written by one that is built for that: <manual> is
# the struct manual in the library <parts>. They are made with the program and installed with it.
function(h2kit_add_manual program manual parts)
  set(writer ${program}-manual)
  set(out "${CMAKE_CURRENT_BINARY_DIR}/manual/${program}")
  add_executable(${writer} "${h2kit_SOURCE_DIR}/apps/common/manual_main.c")
  h2kit_target(${writer})
  target_compile_definitions(${writer} PRIVATE H2KIT_MANUAL=${manual})
  target_link_libraries(${writer} PRIVATE ${parts})
  set(man_file "${out}.1")
  set(bash_file "${out}.bash")
  set(zsh_file "${out}.zsh")
  set(fish_file "${out}.fish")
  foreach(kind IN ITEMS man bash zsh fish)
    add_custom_command(OUTPUT "${${kind}_file}"
      COMMAND ${CMAKE_COMMAND} -E make_directory "${CMAKE_CURRENT_BINARY_DIR}/manual"
      COMMAND ${writer} ${kind} > "${${kind}_file}"
      DEPENDS ${writer} VERBATIM)
  endforeach()
  add_custom_target(${program}-pages ALL
    DEPENDS "${man_file}" "${bash_file}" "${zsh_file}" "${fish_file}")
  if(H2KIT_INSTALL)
    install(FILES "${man_file}" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT h2kit-tools)
    install(FILES "${bash_file}" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions"
      RENAME ${program} COMPONENT h2kit-tools)
    install(FILES "${zsh_file}" DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions"
      RENAME _${program} COMPONENT h2kit-tools)
    install(FILES "${fish_file}" DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d"
      COMPONENT h2kit-tools)
  endif()
endfunction()
