import Glibc

/// Knocks at the servers of an address, to tell a person why none of them answers: the C library only says that it is
/// still trying.
enum ServerProbe {
    /// What knocking showed.
    enum Answer: Hashable, Sendable, CustomStringConvertible {
        /// Somebody accepts connections there.
        case accepts
        /// Nobody does, and why.
        case fails(String)

        var description: String {
            switch self {
            case .accepts: "accepts connections, but opens no session (is it a ZooKeeper, and has it a quorum?)"
            case .fails(let reason): reason
            }
        }
    }

    /// One sentence about all servers.
    static func story(of servers: [ZooKeeperAddress.Server]) async -> String {
        var parts: [String] = []
        for server in servers { parts.append("\(server): \(await knock(at: server))") }
        return parts.joined(separator: "; ") + "."
    }

    /// Tries to connect, for at most a second a network address.
    static func knock(at server: ZooKeeperAddress.Server) async -> Answer {
        await offPool { tryToConnect(to: server) }
    }

    private static func tryToConnect(to server: ZooKeeperAddress.Server) -> Answer {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(server.host, String(server.port), &hints, &found)
        guard code == 0 else { return .fails("its name cannot be resolved (\(String(cString: gai_strerror(code))))") }
        defer { freeaddrinfo(found) }
        var last = Answer.fails("its name has no address")
        var next = found
        while let entry = next?.pointee {
            last = connect(to: entry)
            if last == .accepts { return last }
            next = entry.ai_next
        }
        return last
    }

    private static func connect(to entry: addrinfo) -> Answer {
        let descriptor = socket(entry.ai_family, entry.ai_socktype | Int32(SOCK_NONBLOCK.rawValue), entry.ai_protocol)
        guard descriptor >= 0 else { return .fails(reason(errno)) }
        defer { Glibc.close(descriptor) }
        if Glibc.connect(descriptor, entry.ai_addr, entry.ai_addrlen) == 0 { return .accepts }
        guard errno == EINPROGRESS else { return .fails(reason(errno)) }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&waiting, 1, 1000) == 1 else { return .fails("does not answer") }
        var error: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) == 0 else { return .fails(reason(errno)) }
        return error == 0 ? .accepts : .fails(reason(error))
    }

    private static func reason(_ error: Int32) -> String { String(cString: strerror(error)) }
}
