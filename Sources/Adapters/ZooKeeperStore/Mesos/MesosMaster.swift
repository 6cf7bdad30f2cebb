import FoundationEssentials

/// The leading Mesos master as it announces itself in ZooKeeper.
package struct MesosMaster: Hashable, Sendable, CustomStringConvertible {
    /// Its name, to show and for TLS; as it advertises it.
    package let host: String
    /// The IP address to connect to.
    package let ip: String
    /// The port of its API.
    package let port: Int
    /// Its version, where it says so.
    package let version: String?

    /// A master.
    package init(host: String, ip: String, port: Int, version: String?) {
        self.host = host
        self.ip = ip
        self.port = port
        self.version = version
    }

    /// `host:port`.
    package var description: String { "\(host):\(port)" }
}

/// How masters stand in ZooKeeper (Mesos 1.11, `src/zookeeper/group.cpp`, `src/master/contender/zookeeper.cpp`).
enum MasterGroup {
    /// The first of a group's znodes, whatever its label: each ends in a number after the last `_`, or is a number.
    static func leader(among names: [String]) -> String? {
        names
            .compactMap { name -> (sequence: Int64, name: String)? in
                guard let last = name.split(separator: "_", omittingEmptySubsequences: false).last,
                    let sequence = Int64(last)
                else { return nil }
                return (sequence, name)
            }
            .min { $0 < $1 }?
            .name
    }

    /// Reads a master's announcement: MasterInfo as JSON, in a znode `json.info_…`.
    /// - Throws: why the announcement is of no use, as a sentence.
    static func master(named name: String, value: [UInt8]) throws(Unusable) -> MesosMaster {
        guard name.hasPrefix("json.info_") else {
            throw Unusable("The leading master announces itself as \(name), without JSON: it is older than Mesos 0.24.")
        }
        let info: Announcement
        do {
            info = try JSONDecoder().decode(Announcement.self, from: Data(value))
        } catch {
            throw Unusable("The announcement \(name) of the leading master is not the JSON that Mesos writes: \(error)")
        }
        // `ip` beside it is a number in the byte order of the master's machine, and of no use.
        if let address = info.address, let ip = address.ip {
            return MesosMaster(host: address.hostname ?? ip, ip: ip, port: address.port, version: info.version)
        }
        guard let at = info.pid?.lastIndex(of: "@"), let pid = info.pid,
            let colon = pid.lastIndex(of: ":"), at < colon,
            let port = Int(pid[pid.index(after: colon)...])
        else { throw Unusable("The announcement \(name) of the leading master has neither an address nor a pid.") }
        let ip = String(pid[pid.index(after: at)..<colon])
        return MesosMaster(host: info.hostname ?? ip, ip: ip, port: port, version: info.version)
    }

    /// Why there is no telling where the master is.
    struct Unusable: Error, Hashable {
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    private struct Announcement: Decodable {
        struct Address: Decodable {
            var hostname: String?
            var ip: String?
            var port: Int
        }
        var address: Address?
        var hostname: String?
        var pid: String?
        var version: String?
    }
}
