#pragma once
#include <libpq-fe.h>

// What the thread that drives libpq's sockets needs and Swift's Glibc module leaves out.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

/// Names the calling thread, for debuggers and `top -H`; at most 15 characters.
static inline void cpq_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
