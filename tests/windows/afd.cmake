# The poller's tests and the transcript over a layer that behaves as Windows' AFD device is known to (see afd_layer.h). Only
# the link differs; tests/windows/afd_run builds these programs and runs them.
if(NOT WIN32 OR BUILD_SHARED_LIBS OR NOT TENON_POLLER STREQUAL afd OR NOT CMAKE_SIZEOF_VOID_P EQUAL 8)
  return()
endif()
set(afd_layer afd_end.c afd_import.c afd_port.c afd_provider.c afd_question.c afd_settings.c)
list(TRANSFORM afd_layer PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
set(afd_wrapped CancelIoEx CloseHandle CreateIoCompletionPort GetProcAddress GetQueuedCompletionStatusEx WSAIoctl WSAPoll
  closesocket shutdown)
list(TRANSFORM afd_wrapped PREPEND -Wl,--wrap=__imp_)

list(TRANSFORM poller_topics APPEND _test.c OUTPUT_VARIABLE afd_sources)
add_test_program(afd_tests "${poller_rows}" ${afd_sources} ${afd_layer})

get_target_property(afd_sources contract SOURCES)
list(TRANSFORM afd_sources PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/contract/)
get_target_property(afd_directories contract INCLUDE_DIRECTORIES)
add_executable(afd_contract ${afd_sources} ${afd_layer})
target_include_directories(afd_contract PRIVATE ${afd_directories})
target_link_libraries(afd_contract PRIVATE tenon_warnings ws2_32)
set_target_properties(afd_contract PROPERTIES C_EXTENSIONS OFF RUNTIME_OUTPUT_DIRECTORY ${tenon_BINARY_DIR})

foreach(program afd_tests afd_contract)
  target_link_libraries(${program} PRIVATE tenon::tenon ${afd_wrapped})
  set_target_properties(${program} PROPERTIES EXCLUDE_FROM_ALL ON)
endforeach()
