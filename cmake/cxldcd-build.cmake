# SPDX-License-Identifier: Apache-2.0
#
# How this project compiles: language levels, warnings, instrumentation, LTO.
# Everything is set for the project's own directories and targets; a project
# that includes it by add_subdirectory keeps its own settings.

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
# Exactly 17: SystemC refuses to link with any level but its own.
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(PROJECT_IS_TOP_LEVEL)
    set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
    if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
        set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
    endif()
endif()

if(CXLDCD_SANITIZE)
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all
                        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
endif()
if(CXLDCD_COVERAGE)
    add_compile_options(--coverage -fprofile-update=atomic)
    add_link_options(--coverage)
endif()

# The installed archives hold machine code beside GCC's own representation
# ("fat" objects), because that one is readable by the same GCC only. Clang
# has no such objects before version 17: its archives are built without LTO.
set(cxldcd_lto OFF)
if(CXLDCD_LTO)
    if(CXLDCD_SANITIZE OR CXLDCD_COVERAGE)
        message(STATUS "cxldcd: no LTO in an instrumented build")
    elseif(CMAKE_C_COMPILER_ID STREQUAL "GNU")
        set(cxldcd_lto ON)
        message(STATUS "cxldcd: LTO with fat objects")
    else()
        message(STATUS "cxldcd: no LTO, it is done for GCC only "
                       "(this is ${CMAKE_C_COMPILER_ID})")
    endif()
endif()

# dcd_compile_options(<target>): warnings and LTO of a target of our own.
function(dcd_compile_options target)
    set(strict -Wall -Wextra -Wshadow)
    if(CXLDCD_WERROR)
        list(APPEND strict -Werror)
    endif()
    target_compile_options(${target} PRIVATE ${strict}
        $<$<COMPILE_LANGUAGE:C>:-Wpedantic -Wconversion>)
    if(cxldcd_lto)
        target_compile_options(${target} PRIVATE -flto=auto -ffat-lto-objects)
        target_link_options(${target} PRIVATE -flto=auto)
    endif()
endfunction()

# dcd_sources(<variable> <pattern>...): the sources of a folder, also in its
# sub-folders, as they are now and at every later build.
function(dcd_sources variable)
    file(GLOB_RECURSE found CONFIGURE_DEPENDS ${ARGN})
    set(${variable} ${found} PARENT_SCOPE)
endfunction()

# dcd_library(<target> EXPORT_NAME <name> HEADERS <include dir>...
#             [PRIVATE_HEADERS <include dir>...] [LINK <target>...]
#             SOURCES <file>...)
# A static library cxldcd::<name>; the include directories that exist are
# public and get installed. Without sources it is an interface of its headers.
function(dcd_library target)
    cmake_parse_arguments(arg "" "EXPORT_NAME"
        "HEADERS;PRIVATE_HEADERS;LINK;SOURCES" ${ARGN})
    set(scope PUBLIC)
    if(arg_SOURCES)
        add_library(${target} STATIC ${arg_SOURCES})
        target_include_directories(${target} PRIVATE ${arg_PRIVATE_HEADERS})
        dcd_compile_options(${target})
    else()
        set(scope INTERFACE)
        add_library(${target} INTERFACE)
        message(STATUS "cxldcd: ${target} has no sources")
    endif()
    add_library(cxldcd::${arg_EXPORT_NAME} ALIAS ${target})
    set_target_properties(${target} PROPERTIES
        EXPORT_NAME ${arg_EXPORT_NAME})
    foreach(dir IN LISTS arg_HEADERS)
        target_include_directories(${target} ${scope}
            $<BUILD_INTERFACE:${dir}>)
    endforeach()
    target_include_directories(${target} ${scope}
        $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    target_link_libraries(${target} ${scope} ${arg_LINK})
endfunction()
