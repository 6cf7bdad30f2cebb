import Glibc

/// Where a program keeps what it can make anew.
enum StateFolder {
    /// What systemd gives (`StateDirectory=`); for root the system's place; otherwise the user's own.
    static func standard(_ environment: [String: String], isRoot: Bool = getuid() == 0) -> String {
        if let given = environment["STATE_DIRECTORY"]?.split(separator: ":").first { return String(given) }
        guard !isRoot else { return "/var/lib/pacer" }
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/pacer" }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return "/var/lib/pacer" }
        return home + "/.local/state/pacer"
    }
}
