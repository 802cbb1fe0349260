# SPDX-License-Identifier: MIT
# Finds what programs and tests need and gives each one name: OpenSSL::SSL, OpenSSL::Crypto,
# ZLIB::ZLIB, llhttp::llhttp, h2kit::uv, h2kit::cjson, h2kit::mimalloc (may be empty),
# h2kit::cmocka. Optional: h2kit::brotli, h2kit::zstd, h2kit::xml2; for tests only: h2kit::nghttp2.
# What is missing is reported at once, with the packages that bring it.

set(h2kit_missing "")

# h2kit_need(<found> <what> <Debian package>)
macro(h2kit_need found what package)
  if(NOT ${found})
    list(APPEND h2kit_missing "  ${what}: ${package}")
  endif()
endmacro()

# A package that sets variables, under the one name the project uses for it.
function(h2kit_wrap name libraries includes)
  add_library(${name} INTERFACE IMPORTED GLOBAL)
  target_link_libraries(${name} INTERFACE ${libraries})
  if(includes)
    target_include_directories(${name} SYSTEM INTERFACE ${includes})
  endif()
endfunction()

find_package(cJSON QUIET CONFIG)
if(cJSON_FOUND)
  # Its include variable names the folder of cJSON.h; the sources say <cjson/cJSON.h>.
  h2kit_wrap(h2kit::cjson "${CJSON_LIBRARIES}" "")
endif()

if(H2KIT_APPS)
  find_package(OpenSSL 3.0 QUIET COMPONENTS SSL Crypto)
  h2kit_need(OPENSSL_FOUND "OpenSSL >= 3.0" libssl-dev)
  find_package(ZLIB QUIET)
  h2kit_need(ZLIB_FOUND "zlib" zlib1g-dev)
  find_package(Libuv 1.44 QUIET)
  h2kit_need(Libuv_FOUND "libuv >= 1.44" "libuv1-dev pkg-config")
  find_package(llhttp 8 QUIET)
  h2kit_need(llhttp_FOUND "llhttp >= 8" "libllhttp-dev, on Debian 12 node-llhttp")
  h2kit_need(cJSON_FOUND "cJSON" libcjson-dev)

  # Optional: h2-client decodes "br" with it.
  find_path(BROTLI_INCLUDE_DIR brotli/decode.h)
  find_library(BROTLIDEC_LIBRARY brotlidec)
  mark_as_advanced(BROTLI_INCLUDE_DIR BROTLIDEC_LIBRARY)
  if(BROTLI_INCLUDE_DIR AND BROTLIDEC_LIBRARY)
    h2kit_wrap(h2kit::brotli "${BROTLIDEC_LIBRARY}" "${BROTLI_INCLUDE_DIR}")
  endif()

  # Optional: h2-client decodes "zstd" with it.
  find_path(ZSTD_INCLUDE_DIR zstd_errors.h)
  find_library(ZSTD_LIBRARY zstd)
  mark_as_advanced(ZSTD_INCLUDE_DIR ZSTD_LIBRARY)
  if(ZSTD_INCLUDE_DIR AND ZSTD_LIBRARY)
    h2kit_wrap(h2kit::zstd "${ZSTD_LIBRARY}" "${ZSTD_INCLUDE_DIR}")
  endif()

  # Optional: h2-client reads pages with it.
  find_package(LibXml2 QUIET)
  if(LibXml2_FOUND)
    h2kit_wrap(h2kit::xml2 LibXml2::LibXml2 "")
  endif()

  # mimalloc takes over malloc of the whole process, which sanitizers need for themselves.
  add_library(h2kit::mimalloc INTERFACE IMPORTED GLOBAL)
  if(NOT H2KIT_MIMALLOC MATCHES "^(AUTO|ON|OFF)$")
    message(FATAL_ERROR "H2KIT_MIMALLOC is AUTO, ON or OFF, not ${H2KIT_MIMALLOC}")
  endif()
  if(NOT H2KIT_MIMALLOC STREQUAL "OFF" AND NOT H2KIT_SANITIZE AND NOT H2KIT_FUZZ)
    find_package(mimalloc QUIET CONFIG)
    if(TARGET mimalloc)
      target_link_libraries(h2kit::mimalloc INTERFACE mimalloc)
    elseif(H2KIT_MIMALLOC STREQUAL "ON")
      h2kit_need(mimalloc_FOUND "mimalloc" libmimalloc-dev)
    endif()
  endif()
endif()

if(H2KIT_TESTS)
  find_package(cmocka QUIET CONFIG)
  h2kit_need(cmocka_FOUND "cmocka" libcmocka-dev)
  if(cmocka_FOUND)
    if(TARGET cmocka::cmocka)
      h2kit_wrap(h2kit::cmocka cmocka::cmocka "")
    else()
      h2kit_wrap(h2kit::cmocka "${CMOCKA_LIBRARIES}" "${CMOCKA_INCLUDE_DIR}")
    endif()
    # cmocka 2 deprecates calls whose replacements cmocka 1 does not have.
    target_compile_options(h2kit::cmocka INTERFACE -Wno-deprecated-declarations)
  endif()
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND)
    pkg_check_modules(NGHTTP2 QUIET IMPORTED_TARGET GLOBAL libnghttp2)
    if(TARGET PkgConfig::NGHTTP2)
      h2kit_wrap(h2kit::nghttp2 PkgConfig::NGHTTP2 "")
    endif()
  endif()
endif()

if(h2kit_missing)
  list(JOIN h2kit_missing "\n" h2kit_missing)
  message(FATAL_ERROR "h2kit: not found (and the Debian packages that bring it):\n"
    "${h2kit_missing}\n"
    "'./dev setup' installs them. The libraries alone need none of this: configure with "
    "-DH2KIT_APPS=OFF.")
endif()
