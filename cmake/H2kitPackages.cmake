# SPDX-License-Identifier: MIT
# Debian packages by CPack: one pair a library (libhpack0 and libhpack-dev) and the programs.
# './dev package' makes them. docs/packaging.md is for distributions that package by themselves.
set(CPACK_PACKAGE_NAME h2kit)
set(CPACK_PACKAGE_VENDOR "h2kit authors")
set(CPACK_PACKAGE_CONTACT "h2kit authors")
set(CPACK_PACKAGING_INSTALL_PREFIX "${CMAKE_INSTALL_PREFIX}")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_STRIP_FILES ON)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
# The libraries of this build are not installed while their dependencies are looked up.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS
  "${PROJECT_BINARY_DIR}/libhpack" "${PROJECT_BINARY_DIR}/libh2frame"
  "${PROJECT_BINARY_DIR}/libh2session")

set(CPACK_COMPONENTS_ALL "")
foreach(library IN ITEMS hpack h2frame h2session)
  string(TOUPPER ${library} upper)
  get_target_property(soversion ${library}_shared SOVERSION)
  list(APPEND CPACK_COMPONENTS_ALL ${library} ${library}-dev)
  install(FILES LICENSE DESTINATION "share/doc/lib${library}${soversion}" RENAME copyright
    COMPONENT ${library})
  install(FILES LICENSE DESTINATION "share/doc/lib${library}-dev" RENAME copyright
    COMPONENT ${library}-dev)
  get_directory_property(text DIRECTORY lib${library} DEFINITION PROJECT_DESCRIPTION)
  set(CPACK_DEBIAN_${upper}_DESCRIPTION "${text}")
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME lib${library}${soversion})
  set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION libs)
  set(CPACK_DEBIAN_${upper}-DEV_DESCRIPTION "${text} - development files")
  set(CPACK_COMPONENT_${upper}-DEV_DEPENDS ${library})
  set(CPACK_DEBIAN_${upper}-DEV_PACKAGE_NAME lib${library}-dev)
  set(CPACK_DEBIAN_${upper}-DEV_PACKAGE_SECTION libdevel)
  set(CPACK_DEBIAN_${upper}-DEV_PACKAGE_SHLIBDEPS OFF)
endforeach()
# What dpkg-shlibdeps cannot tell, because none of it is an installed package.
set(CPACK_COMPONENT_H2SESSION_DEPENDS hpack h2frame)
list(APPEND CPACK_COMPONENT_H2SESSION-DEV_DEPENDS hpack-dev h2frame-dev)

if(H2KIT_APPS)
  list(APPEND CPACK_COMPONENTS_ALL h2kit-tools)
  install(FILES LICENSE DESTINATION share/doc/h2kit-tools RENAME copyright COMPONENT h2kit-tools)
  set(CPACK_DEBIAN_H2KIT-TOOLS_DESCRIPTION "HTTP/2 client, server and tools")
  if(BUILD_SHARED_LIBS)
    set(CPACK_COMPONENT_H2KIT-TOOLS_DEPENDS hpack h2frame h2session)
  endif()
  set(CPACK_DEBIAN_H2KIT-TOOLS_PACKAGE_NAME h2kit-tools)
  set(CPACK_DEBIAN_H2KIT-TOOLS_PACKAGE_SECTION web)
endif()

include(CPack)
