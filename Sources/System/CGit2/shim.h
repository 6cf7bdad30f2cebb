#pragma once
#include <git2.h>
// libgit2 speaks ssh through libssh2, whose reader of known_hosts files is the one that understands hashed entries.
#include <libssh2.h>

// git_libgit2_opts is variadic, which Swift cannot call.
static inline int pacer_git_set_certificate_locations(const char *file, const char *folder) {
    return git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file, folder);
}
static inline int pacer_git_set_owner_validation(int enabled) {
    return git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, enabled);
}
