# SPDX-License-Identifier: MIT
# Finds llhttp and defines llhttp::llhttp.
#
# Tried in this order: a CMake package of llhttp under any of the target names it has had, a header
# with a library, and Debian 12's node-llhttp, which ships C sources. Those are compiled here with
# LLHTTP_STRICT_MODE, without which llhttp 8 accepts requests that others read differently
# (CVE-2023-30589). The version is that of the header in use: some packages have no version file.

# The inner search must not inherit the version wanted, or a package without a version is refused.
set(_llhttp_wanted "${llhttp_FIND_VERSION}")
set(_llhttp_wanted_complete "${llhttp_FIND_VERSION_COMPLETE}")
unset(llhttp_FIND_VERSION)
unset(llhttp_FIND_VERSION_COMPLETE)
find_package(llhttp QUIET CONFIG)
set(llhttp_FIND_VERSION "${_llhttp_wanted}")
set(llhttp_FIND_VERSION_COMPLETE "${_llhttp_wanted_complete}")
unset(_llhttp_wanted)
unset(_llhttp_wanted_complete)

foreach(_llhttp_name IN ITEMS llhttp::llhttp llhttp::llhttp_shared llhttp::llhttp_static)
  if(TARGET ${_llhttp_name} AND NOT TARGET llhttp::llhttp)
    add_library(llhttp::llhttp INTERFACE IMPORTED)
    set_target_properties(llhttp::llhttp PROPERTIES INTERFACE_LINK_LIBRARIES ${_llhttp_name})
  endif()
  if(TARGET ${_llhttp_name} AND NOT llhttp_INCLUDE_DIR)
    get_target_property(_llhttp_dirs ${_llhttp_name} INTERFACE_INCLUDE_DIRECTORIES)
    if(_llhttp_dirs)
      find_path(llhttp_INCLUDE_DIR llhttp.h PATHS ${_llhttp_dirs} NO_DEFAULT_PATH)
    endif()
    unset(_llhttp_dirs)
  endif()
endforeach()
unset(_llhttp_name)

if(NOT TARGET llhttp::llhttp)
  find_path(llhttp_INCLUDE_DIR llhttp.h)
  find_library(llhttp_LIBRARY llhttp)
  if(llhttp_INCLUDE_DIR AND llhttp_LIBRARY)
    add_library(llhttp::llhttp UNKNOWN IMPORTED)
    set_target_properties(llhttp::llhttp PROPERTIES
      IMPORTED_LOCATION "${llhttp_LIBRARY}"
      INTERFACE_INCLUDE_DIRECTORIES "${llhttp_INCLUDE_DIR}")
  endif()
  mark_as_advanced(llhttp_LIBRARY)
endif()

if(NOT TARGET llhttp::llhttp)
  find_path(llhttp_SOURCE_DIR llhttp.c PATHS /usr/share/llhttp NO_DEFAULT_PATH)
  find_path(llhttp_SOURCE_INCLUDE_DIR llhttp.h PATHS /usr/share/include/llhttp NO_DEFAULT_PATH)
  if(llhttp_SOURCE_DIR AND llhttp_SOURCE_INCLUDE_DIR)
    add_library(h2kit_llhttp STATIC EXCLUDE_FROM_ALL
      "${llhttp_SOURCE_DIR}/api.c" "${llhttp_SOURCE_DIR}/http.c" "${llhttp_SOURCE_DIR}/llhttp.c")
    add_library(llhttp::llhttp ALIAS h2kit_llhttp)
    target_include_directories(h2kit_llhttp SYSTEM PUBLIC "${llhttp_SOURCE_INCLUDE_DIR}")
    target_compile_definitions(h2kit_llhttp PUBLIC LLHTTP_STRICT_MODE=1)
    target_compile_options(h2kit_llhttp PRIVATE -w)
    set_target_properties(h2kit_llhttp PROPERTIES
      POSITION_INDEPENDENT_CODE ON C_VISIBILITY_PRESET hidden)
    set(llhttp_INCLUDE_DIR "${llhttp_SOURCE_INCLUDE_DIR}" CACHE PATH "llhttp.h" FORCE)
  endif()
  mark_as_advanced(llhttp_SOURCE_DIR llhttp_SOURCE_INCLUDE_DIR)
endif()
mark_as_advanced(llhttp_INCLUDE_DIR)

unset(llhttp_VERSION)
if(llhttp_INCLUDE_DIR AND EXISTS "${llhttp_INCLUDE_DIR}/llhttp.h")
  file(STRINGS "${llhttp_INCLUDE_DIR}/llhttp.h" _llhttp_lines
    REGEX "^#define LLHTTP_VERSION_(MAJOR|MINOR|PATCH) +[0-9]+")
  string(REGEX REPLACE "[^0-9;]" "" _llhttp_numbers "${_llhttp_lines}")
  string(REPLACE ";" "." llhttp_VERSION "${_llhttp_numbers}")
  unset(_llhttp_lines)
  unset(_llhttp_numbers)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(llhttp
  REQUIRED_VARS llhttp_INCLUDE_DIR VERSION_VAR llhttp_VERSION)
