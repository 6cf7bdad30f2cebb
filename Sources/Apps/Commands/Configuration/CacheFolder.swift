import Glibc

/// Where a program keeps what it can make anew.
enum CacheFolder {
    /// What systemd gives (`CacheDirectory=`); what the environment says (XDG); for root the system's place; otherwise
    /// the user's own.
    static func standard(_ environment: [String: String], isRoot: Bool = getuid() == 0) -> String {
        if let given = environment["CACHE_DIRECTORY"]?.split(separator: ":").first { return String(given) }
        if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") { return cache + "/pacer" }
        guard !isRoot, let home = environment["HOME"], home.hasPrefix("/") else { return "/var/cache/pacer" }
        return home + "/.cache/pacer"
    }
}
