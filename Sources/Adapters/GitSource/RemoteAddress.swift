/// A repository's URL, taken apart: what libgit2 is given and people are shown never holds a password.
struct RemoteAddress: Equatable, Sendable {
    enum Transport: Equatable, Sendable {
        /// A repository on this machine, by its path.
        case local(path: String)
        case http(encrypted: Bool)
        case ssh
    }

    /// A URL that cannot be used, and why.
    struct Malformed: Error, Equatable {
        var reason: String
    }

    var transport: Transport
    /// The URL without a password, and without a user where the transport does not need it to be in the URL.
    var url: String
    var user: String?
    var password: String?
    /// The port, where the URL names one.
    var port: Int?

    init(_ text: String) throws(Malformed) {
        guard !text.isEmpty else { throw Malformed(reason: "it is empty") }
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            throw Malformed(reason: "it holds a control character")
        }
        if let separator = text.firstRange(of: "://") {
            let scheme = text[..<separator.lowerBound].lowercased()
            self = try Self(scheme: scheme, rest: text[separator.upperBound...])
        } else if let colon = Self.scpColon(in: text) {
            self = try Self(host: text[..<colon], path: text[text.index(after: colon)...])
        } else {
            self.init(transport: .local(path: text), url: text)
        }
    }

    private init(transport: Transport, url: String) {
        self.transport = transport
        self.url = url
    }

    private init(scheme: String, rest: Substring) throws(Malformed) {
        switch scheme {
        case "file": try self.init(file: rest)
        case "http", "https": try self.init(web: scheme, rest: rest)
        case "ssh": try self.init(ssh: rest)
        default:
            throw Malformed(reason: "“\(scheme)” is not a scheme that Pacer reads (file, http, https, ssh)")
        }
    }

    private init(file rest: Substring) throws(Malformed) {
        let path = rest.hasPrefix("localhost/") ? rest.dropFirst("localhost".count) : rest
        guard path.hasPrefix("/") else { throw Malformed(reason: "a file URL needs an absolute path: file:///…") }
        guard let decoded = Self.decoded(path) else {
            throw Malformed(reason: "its percent-encoding is broken")
        }
        self.init(transport: .local(path: decoded), url: "file://" + path)
    }

    private init(web scheme: String, rest: Substring) throws(Malformed) {
        let (authority, path) = Self.split(rest)
        let place = try Place(authority)
        self.init(transport: .http(encrypted: scheme == "https"), url: "\(scheme)://\(place.hostAndPort)\(path)")
        self.user = place.user
        self.password = place.password
        self.port = place.port
    }

    private init(ssh rest: Substring) throws(Malformed) {
        let (authority, path) = Self.split(rest)
        let place = try Place(authority)
        let login = place.user.map { $0 + "@" } ?? ""
        self.init(transport: .ssh, url: "ssh://\(login)\(place.hostAndPort)\(path)")
        self.user = place.user
        self.port = place.port
    }

    /// The short form that git took from scp: `user@host:path`.
    private init(host: Substring, path: Substring) throws(Malformed) {
        let place = try Place(host)
        guard !path.isEmpty else { throw Malformed(reason: "there is no path after “\(host):”") }
        self.init(transport: .ssh, url: "\(host):\(path)")
        self.user = place.user
    }

    /// Where the colon of `host:path` stands: before any slash, as git reads it.
    private static func scpColon(in text: String) -> String.Index? {
        guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else { return nil }
        if let slash = text.firstIndex(of: "/"), slash < colon { return nil }
        return colon
    }

    private static func split(_ rest: Substring) -> (authority: Substring, path: Substring) {
        guard let slash = rest.firstIndex(of: "/") else { return (rest, "") }
        return (rest[..<slash], rest[slash...])
    }

    /// Without its percent-encoding; `nil` where that is broken.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let digits = String(rest.prefix(2)), digits.count == 2, let value = UInt8(digits, radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest.removeFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// `user:password@host:port`.
    private struct Place {
        var user: String?
        var password: String?
        var hostAndPort: Substring
        var port: Int?

        init(_ authority: Substring) throws(Malformed) {
            hostAndPort = authority
            if let at = authority.lastIndex(of: "@") {
                let login = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                hostAndPort = authority[authority.index(after: at)...]
                user = login.first.flatMap(RemoteAddress.decoded)
                password = login.count > 1 ? RemoteAddress.decoded(login[1]) : nil
            }
            guard !hostAndPort.isEmpty else { throw Malformed(reason: "there is no host in it") }
            guard let colon = hostAndPort.lastIndex(of: ":"), !hostAndPort.hasSuffix("]") else { return }
            guard let number = UInt16(hostAndPort[hostAndPort.index(after: colon)...]) else {
                throw Malformed(reason: "its port is not a number")
            }
            port = Int(number)
        }
    }
}
