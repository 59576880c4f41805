# SPDX-License-Identifier: Apache-2.0
#
# One step of the package test:
#
#   cmake -D STEP=install  -D BUILD=... -D PREFIX=... -P run.cmake
#   cmake -D STEP=core     -D NAME=... -D PREFIX=... -D CONSUMER=... -D WORK=...
#         -D GENERATOR=... -D CC=... -D CXX=... -P run.cmake
#   cmake -D STEP=platform (as core) -D EXAMPLE=<file.cpp> -P run.cmake
#   cmake -D STEP=program  (as core) -P run.cmake
#   cmake -D STEP=refusal  (as core) -P run.cmake
cmake_minimum_required(VERSION 3.21)

function(run)
    execute_process(COMMAND ${ARGV} COMMAND_ECHO STDOUT RESULT_VARIABLE code)
    if(NOT code EQUAL 0)
        message(FATAL_ERROR "failed with ${code}")
    endif()
endfunction()

if(STEP STREQUAL "install")
    file(REMOVE_RECURSE ${PREFIX})
    run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${PREFIX})
    return()
endif()

set(dir ${WORK}/${NAME})
file(REMOVE_RECURSE ${dir})
set(configure ${CMAKE_COMMAND} -S ${CONSUMER} -B ${dir} -G ${GENERATOR}
    -D CMAKE_PREFIX_PATH=${PREFIX} -D CMAKE_C_COMPILER=${CC}
    -D CMAKE_BUILD_TYPE=Release)

if(STEP STREQUAL "core")
    # A machine without SystemC and libxml2: nobody may even look for them.
    run(${configure} -D PKG_CONFIG_EXECUTABLE=/bin/false
        -D CMAKE_DISABLE_FIND_PACKAGE_SystemC=ON
        -D CMAKE_DISABLE_FIND_PACKAGE_LibXml2=ON)
    run(${CMAKE_COMMAND} --build ${dir})
    run(${dir}/core_only)
elseif(STEP STREQUAL "platform")
    run(${configure} -D CMAKE_CXX_COMPILER=${CXX} -D EXAMPLE=${EXAMPLE})
    run(${CMAKE_COMMAND} --build ${dir})
    run(${dir}/example)
elseif(STEP STREQUAL "program")
    # Moved away from where it was installed, and from the source tree.
    file(MAKE_DIRECTORY ${dir})
    file(COPY ${PREFIX}/bin ${PREFIX}/share DESTINATION ${dir})
    run(${dir}/bin/dcdsim run --check
        ${dir}/share/cxldcd/scenarios/quickstart.xml)
    file(WRITE ${dir}/share/cxldcd/schema/scenario.xsd "broken")
    execute_process(
        COMMAND ${dir}/bin/dcdsim check
                ${dir}/share/cxldcd/scenarios/quickstart.xml
        RESULT_VARIABLE code ERROR_VARIABLE said)
    if(NOT code EQUAL 2 OR NOT said MATCHES "schema")
        message(FATAL_ERROR "its own schemas were not used: ${said}")
    endif()
elseif(STEP STREQUAL "refusal")
    execute_process(
        COMMAND ${configure} -D CMAKE_CXX_COMPILER=${CXX} -D EXAMPLE=none.cpp
                -D CMAKE_CXX_STANDARD=20
        RESULT_VARIABLE code ERROR_VARIABLE said)
    string(REGEX REPLACE "[ \n]+" " " said "${said}")
    if(code EQUAL 0 OR NOT said MATCHES "needs exactly C\\+\\+17")
        message(FATAL_ERROR "C++20 was not refused: ${said}")
    endif()
else()
    message(FATAL_ERROR "no such step: ${STEP}")
endif()
