#pragma once
#include <git2.h>
// libgit2 speaks ssh through libssh2, whose reader of known_hosts files is the one that understands hashed entries.
#include <libssh2.h>
#include <sys/prctl.h>

// git_libgit2_opts is variadic, which Swift cannot call.
static inline int pacer_git_set_certificate_locations(const char *file, const char *folder) {
    return git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file, folder);
}
static inline int pacer_git_set_owner_validation(int enabled) {
    return git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, enabled);
}

// The name under which ps and gdb show the calling thread, cut to 15 bytes by the system. (prctl is variadic as well.)
static inline void pacer_name_thread(const char *name) { (void)prctl(PR_SET_NAME, name, 0, 0, 0); }
