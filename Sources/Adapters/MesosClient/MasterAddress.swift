/// Where a Mesos master listens.
package struct MasterAddress: Hashable, Sendable, CustomStringConvertible {
    /// `http` or `https`.
    package let scheme: String
    /// The host's name or address, an IPv6 address in brackets.
    package let host: String
    /// The port.
    package let port: Int
    /// What stands before the paths of the API, where a proxy serves the master: `/mesos`. Usually empty.
    package let prefix: String

    /// An address from its parts.
    package init(scheme: String = "http", host: String, port: Int, prefix: String = "") {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.prefix = prefix
    }

    /// Reads `http://host:port`, `https://host:port/prefix`, `host:port` or `host` (port 5050).
    /// - Throws: where it is none of them.
    package init(_ text: String) throws(MasterAddressError) {
        let (scheme, rest) = try Self.splitScheme(text)
        let authority = rest.prefix { $0 != "/" }
        var prefix = rest[authority.endIndex...]
        while prefix.hasSuffix("/") { prefix = prefix.dropLast() }
        guard !authority.contains("@") else {
            throw MasterAddressError(text, "has a user in it; the principal and its secret file have keys of their own")
        }
        guard !rest.contains(where: { "?# \t".contains($0) }) else {
            throw MasterAddressError(text, "has more in it than host, port and path")
        }
        let (host, port) = try Self.splitPort(authority, of: text)
        let usual = text.contains("://") ? (scheme == "https" ? 443 : 80) : 5050
        self.init(scheme: scheme, host: String(host), port: port ?? usual, prefix: String(prefix))
    }

    /// Reads a list with commas of what ``init(_:)`` reads.
    /// - Throws: where it is empty or one of its parts is no address.
    package static func list(_ text: String) throws(MasterAddressError) -> [MasterAddress] {
        var addresses: [MasterAddress] = []
        for part in text.split(separator: ",") {
            addresses.append(try MasterAddress(String(part.drop { $0 == " " })))
        }
        guard !addresses.isEmpty else { throw MasterAddressError(text, "names no master") }
        return addresses
    }

    /// Scheme, host and port.
    package var description: String { "\(scheme)://\(host):\(port)\(prefix)" }

    private static func splitScheme(_ text: String) throws(MasterAddressError) -> (String, Substring) {
        guard let mark = text.firstRange(of: "://") else { return ("http", text[...]) }
        let scheme = text[..<mark.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else {
            throw MasterAddressError(text, "begins with \(scheme)://, where http:// or https:// is meant to stand")
        }
        return (scheme, text[mark.upperBound...])
    }

    private static func splitPort(
        _ authority: Substring,
        of text: String
    ) throws(MasterAddressError) -> (Substring, Int?) {
        let afterBracket = authority.lastIndex(of: "]") ?? authority.startIndex
        guard let colon = authority[afterBracket...].lastIndex(of: ":") else {
            guard !authority.isEmpty else { throw MasterAddressError(text, "names no host") }
            return (authority, nil)
        }
        guard let port = Int(authority[authority.index(after: colon)...]), (1...65_535).contains(port) else {
            throw MasterAddressError(text, "has a port that is no number from 1 to 65535")
        }
        let host = authority[..<colon]
        guard !host.isEmpty else { throw MasterAddressError(text, "names no host") }
        guard !host.contains(":") || host.hasPrefix("[") else {
            throw MasterAddressError(text, "has an IPv6 address without brackets")
        }
        return (host, port)
    }
}

/// Why a text is no address of a master.
package struct MasterAddressError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The reason as a sentence.
    package let description: String

    init(_ text: String, _ what: String) {
        description = "The master's address \"\(text)\" \(what): it should read http://host:5050, or a list of such."
    }
}

/// How the leading master is found.
package enum MasterSource: Sendable {
    /// It is one of these, or one of these knows it: they are asked one after the other.
    case addresses([MasterAddress])
    /// Somebody else finds it (in ZooKeeper). Asked anew for every subscription; should return soon after its task is
    /// cancelled.
    case detector(@Sendable () async throws -> MasterAddress)

    /// The addresses to try, in order.
    func candidates() async throws -> [MasterAddress] {
        switch self {
        case .addresses(let addresses): addresses
        case .detector(let locate): [try await locate()]
        }
    }
}
