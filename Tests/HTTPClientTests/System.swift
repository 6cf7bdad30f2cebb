import Glibc
import Testing

/// One step of a poll.
func usleepForAMillisecond() { usleep(1000) }

/// Starts a program whose output goes to a file. Whoever starts it waits for its pid.
func spawn(_ words: [String], output: String = "/dev/null") throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    let arguments = words.map { strdup($0) }
    defer { arguments.forEach { free($0) } }
    var pid: pid_t = 0
    try #require(posix_spawn(&pid, words[0], &actions, nil, arguments + [nil], [nil]) == 0)
    return pid
}
