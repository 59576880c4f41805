# SPDX-License-Identifier: Apache-2.0
#
# What is installed, and the CMake package `cxldcd`. Each component has a file
# of targets of its own: who wants the C cores never hears of SystemC.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/cxldcd)
set(package_components core)

install(TARGETS cxldcd_ctypes cxldcd_core EXPORT cxldcd-core-targets)
if(CXLDCD_TLM)
    list(APPEND package_components tlm)
    install(TARGETS cxldcd_tlm EXPORT cxldcd-tlm-targets)
endif()
if(CXLDCD_PLATFORM)
    list(APPEND package_components platform)
    install(TARGETS cxldcd_loader cxldcd_initiators cxldcd_platform
            EXPORT cxldcd-platform-targets)
    if(TARGET dcdsim)
        install(TARGETS dcdsim)
    endif()
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/config/
            DESTINATION ${CMAKE_INSTALL_DATADIR}/cxldcd
            OPTIONAL)
endif()

set(header_dirs ctypes model/core)
if(CXLDCD_TLM)
    list(APPEND header_dirs model/tlm)
endif()
if(CXLDCD_PLATFORM)
    list(APPEND header_dirs platforms)
endif()
foreach(dir IN LISTS header_dirs)
    if(IS_DIRECTORY ${PROJECT_SOURCE_DIR}/${dir}/include)
        install(DIRECTORY ${PROJECT_SOURCE_DIR}/${dir}/include/
                DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
                FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
    endif()
endforeach()

foreach(component IN LISTS package_components)
    install(EXPORT cxldcd-${component}-targets NAMESPACE cxldcd::
            DESTINATION ${package_dir})
endforeach()

# Read by cxldcd-config.cmake.in: whose LTO the archives carry.
set(cxldcd_lto_gcc "")
if(cxldcd_lto)
    string(REGEX MATCH "^[0-9]+" cxldcd_lto_gcc ${CMAKE_C_COMPILER_VERSION})
endif()
configure_package_config_file(
    ${PROJECT_SOURCE_DIR}/cmake/cxldcd-config.cmake.in
    ${PROJECT_BINARY_DIR}/cxldcd-config.cmake
    INSTALL_DESTINATION ${package_dir}
    NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(
    ${PROJECT_BINARY_DIR}/cxldcd-config-version.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/cxldcd-config.cmake
              ${PROJECT_BINARY_DIR}/cxldcd-config-version.cmake
              ${PROJECT_SOURCE_DIR}/cmake/FindSystemC.cmake
        DESTINATION ${package_dir})
