import Glibc

/// One step of a poll.
func usleepForAMillisecond() { usleep(1000) }
