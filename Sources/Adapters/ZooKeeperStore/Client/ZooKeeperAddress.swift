/// Where a ZooKeeper is and what belongs to us in it: `zk://[user:password@]host[:port],host[:port]…[/path]`.
///
/// The same form as Mesos's own (`include/mesos/zookeeper/url.hpp`): the path begins at the first slash, and what
/// stands before the last `@` in front of it are credentials of the scheme `digest`. The password is never printed.
package struct ZooKeeperAddress: Hashable, Sendable {
    /// One server of the ensemble.
    package struct Server: Hashable, Sendable, CustomStringConvertible {
        /// Its name or IP address; IPv6 without brackets.
        package let host: String
        /// Its client port.
        package let port: Int

        /// `host:port`, with brackets around IPv6.
        package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// A user and a password of the scheme `digest`.
    package struct Credentials: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
        /// The user.
        package let user: String
        let password: String

        /// The user alone.
        package var description: String { "\(user):…" }

        /// Shows no password, also not to `dump`.
        package var customMirror: Mirror { Mirror(self, children: ["user": user]) }
    }

    /// ZooKeeper's registered client port, for servers that are written without one.
    package static let defaultPort = 2181

    /// The servers, in the order given.
    package let servers: [Server]
    /// The path that is ours, `/` where none is given; no slash at its end.
    package let path: String
    /// Who we are, where the address says it.
    package let credentials: Credentials?

    /// Takes an address apart.
    /// - Throws: what is wrong with it, as a sentence that holds no password.
    package init(_ text: String) throws(ZooKeeperAddressError) {
        let scheme = "zk://"
        guard text.hasPrefix(scheme) else { throw ZooKeeperAddressError("does not begin with \(scheme)") }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        let at = authority.lastIndex(of: "@")
        let hosts = at.map { authority[authority.index(after: $0)...] } ?? authority
        self.credentials = try at.map { index throws(ZooKeeperAddressError) in
            try Self.credentials(authority[..<index])
        }
        self.servers = try Self.servers(hosts)
        self.path = try Self.path(rest[authority.endIndex...])
    }

    /// The connect string that the C library takes.
    var connectString: String { servers.map(\.description).joined(separator: ",") }

    private static func credentials(_ text: Substring) throws(ZooKeeperAddressError) -> Credentials {
        guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else {
            throw ZooKeeperAddressError("has no user:password before the @")
        }
        return Credentials(user: String(text[..<colon]), password: String(text[text.index(after: colon)...]))
    }

    private static func servers(_ text: Substring) throws(ZooKeeperAddressError) -> [Server] {
        guard !text.isEmpty else { throw ZooKeeperAddressError("names no server") }
        var servers: [Server] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            servers.append(try server(part))
        }
        return servers
    }

    private static func server(_ text: Substring) throws(ZooKeeperAddressError) -> Server {
        if text.first == "[" {
            guard let bracket = text.firstIndex(of: "]"), text.index(after: text.startIndex) < bracket else {
                throw ZooKeeperAddressError("has a server \"\(text)\" without an address between brackets")
            }
            let host = text[text.index(after: text.startIndex)..<bracket]
            return try Server(host: String(host), port: port(text[text.index(after: bracket)...], of: text))
        }
        let host = text.prefix { $0 != ":" }
        guard isHost(host) else { throw ZooKeeperAddressError("has a server without a host name: \"\(text)\"") }
        return try Server(host: String(host), port: port(text[host.endIndex...], of: text))
    }

    private static func isHost(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > UInt8(ascii: " ") && $0 < 127 }
    }

    private static func port(_ text: Substring, of server: Substring) throws(ZooKeeperAddressError) -> Int {
        guard !text.isEmpty else { return defaultPort }
        guard text.first == ":", let port = Int(text.dropFirst()), (1...65_535).contains(port) else {
            throw ZooKeeperAddressError("has a server \"\(server)\" whose port is not a number from 1 to 65535")
        }
        return port
    }

    private static func path(_ text: Substring) throws(ZooKeeperAddressError) -> String {
        let trimmed = text.last == "/" ? text.dropLast() : text
        guard !trimmed.isEmpty else { return "/" }
        for segment in trimmed.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard !segment.isEmpty, segment != ".", segment != ".." else {
                throw ZooKeeperAddressError("has an empty or a relative segment in its path \(text)")
            }
            guard segment.unicodeScalars.allSatisfy({ $0.value > 0x1f && !(0x7f...0x9f).contains($0.value) }) else {
                throw ZooKeeperAddressError("has a control character in its path")
            }
        }
        return String(trimmed)
    }
}

extension ZooKeeperAddress: CustomStringConvertible {
    /// The address without its password.
    package var description: String {
        let who = credentials.map { "\($0)@" } ?? ""
        return "zk://\(who)\(connectString)\(path == "/" ? "" : path)"
    }
}

/// What is wrong with an address.
package struct ZooKeeperAddressError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The fault, to be read after "the address".
    package let fault: String

    init(_ fault: String) { self.fault = fault }

    /// A sentence with the form that is expected.
    package var description: String {
        "The ZooKeeper address \(fault). It has the form zk://[user:password@]host:port,host:port/path."
    }
}
