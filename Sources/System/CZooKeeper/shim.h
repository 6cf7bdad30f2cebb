#pragma once
// The multi-threaded flavour: without THREADED the header leaves out what Pacer links against.
#ifndef THREADED
#define THREADED 1
#endif
#include <zookeeper/zookeeper.h>

// The C global is mutable in Swift's eyes; only its address is ever needed.
static inline const struct ACL_vector *pacer_open_acl(void) { return &ZOO_OPEN_ACL_UNSAFE; }
static inline const struct ACL_vector *pacer_creator_all_acl(void) { return &ZOO_CREATOR_ALL_ACL; }
