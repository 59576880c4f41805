# SPDX-License-Identifier: Apache-2.0
#
# Finds SystemC as the target SystemC::systemc: by the CMake package of the
# upstream releases, else by pkg-config, which is all that Debian has.
# Sets SystemC_FOUND and SystemC_VERSION. Point it elsewhere with
# -DCMAKE_PREFIX_PATH=<where SystemC is installed>.
#
# SystemC links with the one C++ level that it was built for. That is tried
# here with C++17, because the linker's own words about it are a riddle.
# This file is also installed, for cxldcd-config.cmake.

if(NOT TARGET SystemC::systemc)
    find_package(SystemCLanguage CONFIG QUIET)
    if(SystemCLanguage_FOUND)
        set(SystemC_VERSION ${SystemCLanguage_VERSION})
    endif()
endif()

if(NOT TARGET SystemC::systemc)
    find_package(PkgConfig QUIET)
    if(PkgConfig_FOUND)
        pkg_check_modules(SystemC_PC QUIET IMPORTED_TARGET systemc)
    endif()
    if(SystemC_PC_FOUND)
        set(SystemC_VERSION ${SystemC_PC_VERSION})
        add_library(SystemC::systemc INTERFACE IMPORTED)
        target_link_libraries(SystemC::systemc INTERFACE PkgConfig::SystemC_PC)
    endif()
endif()

set(_dcd_systemc_why "")
if(NOT TARGET SystemC::systemc)
    set(_dcd_systemc_why "SystemC was not found, neither as CMake package \
SystemCLanguage nor by pkg-config as systemc. Install it (Debian, Ubuntu: \
apt-get install libsystemc-dev pkg-config), or name the place of your own \
build: -DCMAKE_PREFIX_PATH=/opt/systemc.")
elseif(NOT DEFINED SystemC_LINKS_CXX17)
    # Not check_cxx_source_compiles: it would hide the reason.
    set(_dcd_probe ${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/cxldcd-systemc.cpp)
    file(WRITE ${_dcd_probe} "#include <systemc>
int sc_main(int, char **) { sc_core::sc_module_name n(\"a\"); return 0; }
int main(int c, char **v) { return sc_core::sc_elab_and_sim(c, v); }\n")
    try_compile(_dcd_links ${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/cxldcd-probe
        ${_dcd_probe}
        LINK_LIBRARIES SystemC::systemc
        CXX_STANDARD 17 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF
        OUTPUT_VARIABLE _dcd_output)
    if(_dcd_links)
        set(SystemC_LINKS_CXX17 TRUE CACHE INTERNAL "SystemC links with C++17")
    elseif(_dcd_output MATCHES "sc_api_version[A-Za-z0-9_]*")
        set(_dcd_systemc_why "SystemC ${SystemC_VERSION} was found, but was \
not built for C++17 (the linker misses ${CMAKE_MATCH_0}). SystemC has to be \
built with the very C++ level that uses it: build it with \
-DCMAKE_CXX_STANDARD=17.")
    else()
        set(_dcd_systemc_why "SystemC ${SystemC_VERSION} was found, but a \
C++17 program does not build with it:\n${_dcd_output}")
    endif()
endif()

if(_dcd_systemc_why)
    if(SystemC_FIND_REQUIRED)
        message(FATAL_ERROR "${_dcd_systemc_why}")
    endif()
    set(SystemC_FOUND FALSE)
    set(SystemC_NOT_FOUND_MESSAGE "${_dcd_systemc_why}")
else()
    include(FindPackageHandleStandardArgs)
    find_package_handle_standard_args(SystemC
        REQUIRED_VARS SystemC_LINKS_CXX17
        VERSION_VAR SystemC_VERSION)
endif()
