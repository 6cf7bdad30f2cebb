import FoundationEssentials
import Glibc

/// Where a command's words go and what it knows of its surroundings. Tests hand in one that records.
package struct Terminal: Sendable {
    /// Takes what the command was asked for: standard output.
    package var out: @Sendable (String) -> Void
    /// Takes everything else: standard error.
    package var error: @Sendable (String) -> Void
    /// Whether a person looks at standard output.
    package var isInteractive: Bool
    /// How many characters a line of help may have.
    package var columns: Int
    /// The environment variables.
    package var environment: [String: String]
    /// Who gives orders here: the login name at the host's name.
    package var user: String

    /// A terminal.
    package init(
        out: @escaping @Sendable (String) -> Void,
        error: @escaping @Sendable (String) -> Void,
        isInteractive: Bool,
        columns: Int = 100,
        environment: [String: String],
        user: String
    ) {
        self.out = out
        self.error = error
        self.isInteractive = isInteractive
        self.columns = columns
        self.environment = environment
        self.user = user
    }

    /// This process's own.
    package static func process() -> Terminal {
        let isInteractive = isatty(STDOUT_FILENO) == 1
        return Terminal(
            out: { Terminal.write($0, to: STDOUT_FILENO) },
            error: { Terminal.write($0, to: STDERR_FILENO) },
            isInteractive: isInteractive,
            columns: isInteractive ? Terminal.width() : 100,
            environment: ProcessInfo.processInfo.environment,
            user: Terminal.userAtHost()
        )
    }

    /// Whether colours are wanted: on a terminal, and nobody said otherwise (no-color.org, bixense.com/clicolors).
    package var wantsColour: Bool {
        guard value("NO_COLOR") == nil else { return false }
        if let forced = value("CLICOLOR_FORCE"), forced != "0" { return true }
        return isInteractive && environment["TERM"] != "dumb" && environment["CLICOLOR"] != "0"
    }

    /// Whether lines can be written anew: a person looks at a terminal that can do it.
    package var canRewrite: Bool { isInteractive && environment["TERM"] != "dumb" }

    /// An environment variable; an empty one counts as absent.
    package func value(_ name: String) -> String? {
        guard let value = environment[name], !value.isEmpty else { return nil }
        return value
    }

    /// The name in the user database is the one that counts, not a variable that anybody can set.
    private static func userAtHost() -> String {
        let name = getpwuid(geteuid()).flatMap { $0.pointee.pw_name }.map { String(cString: $0) } ?? "uid \(geteuid())"
        var host = [CChar](repeating: 0, count: 256)
        guard gethostname(&host, host.count - 1) == 0 else { return name }
        return "\(name)@\(String(decoding: host.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))"
    }

    private static func width() -> Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
        return max(40, Int(size.ws_col))
    }

    /// Writes all of it. Where nobody reads any more there is nothing left to say, so a failure ends it.
    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
