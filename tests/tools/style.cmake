# SPDX-License-Identifier: Apache-2.0
#
# The tests with the label `style`; one whose tool is missing is not there.
find_program(CXLDCD_CLANG_FORMAT NAMES clang-format-14 clang-format)
find_program(CXLDCD_CLANG_TIDY NAMES clang-tidy-14 clang-tidy)
mark_as_advanced(CXLDCD_CLANG_FORMAT CXLDCD_CLANG_TIDY)

add_test(NAME style.layers
    COMMAND ${tools}/check_layers.sh ${PROJECT_SOURCE_DIR})
set(style_tests style.layers)

if(CXLDCD_CLANG_FORMAT)
    add_test(NAME style.format
        COMMAND ${tools}/check_format.sh ${CXLDCD_CLANG_FORMAT}
                ${PROJECT_SOURCE_DIR})
    list(APPEND style_tests style.format)
endif()

# The C code only: SystemC's headers would keep clang-tidy busy for minutes.
if(CXLDCD_CLANG_TIDY)
    set(tidy_folders ctypes model/core)
    if(CXLDCD_PLATFORM)
        list(APPEND tidy_folders platforms/loader)
    endif()
    foreach(folder IN LISTS tidy_folders)
        string(REPLACE "/" "-" name ${folder})
        add_test(NAME style.tidy-${name}
            COMMAND ${tools}/check_tidy.sh ${CXLDCD_CLANG_TIDY}
                    ${PROJECT_SOURCE_DIR} ${folder} ${LIBXML2_INCLUDE_DIR})
        # The longest of all: they start first, beside the short ones.
        set_tests_properties(style.tidy-${name} PROPERTIES COST 1000)
        list(APPEND style_tests style.tidy-${name})
    endforeach()
endif()

set_tests_properties(${style_tests} PROPERTIES LABELS style TIMEOUT 1200)
