#pragma once
#include <curl/curl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

// Variadic C functions cannot be called from Swift: one wrapper for each type of argument that is used.
static inline CURLcode pacer_easy_setopt_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode pacer_easy_setopt_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode pacer_easy_setopt_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}
typedef size_t (*pacer_data_callback)(char *data, size_t size, size_t count, void *context);
static inline CURLcode pacer_easy_setopt_callback(CURL *handle, CURLoption option, pacer_data_callback value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode pacer_easy_getinfo_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}
static inline CURLcode pacer_easy_getinfo_pointer(CURL *handle, CURLINFO info, void **value) {
    return curl_easy_getinfo(handle, info, (char **)value);
}
static inline CURLMcode pacer_multi_setopt_long(CURLM *handle, CURLMoption option, long value) {
    return curl_multi_setopt(handle, option, value);
}
// The name of the calling thread as top and gdb show it: at most 15 bytes.
static inline int pacer_name_thread(const char *name) {
    return prctl(PR_SET_NAME, name, 0, 0, 0);
}
// Sockets that a child process does not inherit: one that did would keep a connection open that this process has closed.
static curl_socket_t pacer_open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)context;
    (void)purpose;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}
static inline CURLcode pacer_easy_setopt_own_sockets(CURL *handle) {
    return curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, pacer_open_socket);
}
