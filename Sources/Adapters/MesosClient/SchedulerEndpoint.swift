import HTTPClient

/// A URL of the v1 scheduler API, and the next one when a master points to the leader.
struct SchedulerEndpoint: Hashable, CustomStringConvertible {
    let url: String

    init(_ master: MasterAddress) { url = "\(master)/api/v1/scheduler" }

    private init(url: String) { self.url = url }

    /// Scheme, host and port.
    var description: String {
        let scheme = url.firstRange(of: "://")?.upperBound ?? url.startIndex
        return String(url[..<(url[scheme...].firstIndex(of: "/") ?? url.endIndex)])
    }

    private var scheme: Substring { url.prefix { $0 != ":" } }

    /// Where a redirect leads. Mesos's `Location` has no scheme (`//host:port/path`): it is the present one.
    /// - Throws: where it leads nowhere, or out of TLS: the credentials go with it.
    func redirected(to location: String?) throws(SubscribeRefusal) -> SchedulerEndpoint {
        guard let location, !location.isEmpty else {
            throw SubscribeRefusal("\(self) says that another master leads (307) but not which.")
        }
        if location.hasPrefix("//") { return SchedulerEndpoint(url: "\(scheme):\(location)") }
        if location.hasPrefix("/") { return SchedulerEndpoint(url: "\(self)\(location)") }
        guard location.hasPrefix("http://") || location.hasPrefix("https://") else {
            throw SubscribeRefusal("\(self) points to \"\(location)\" as the leading master, which is no address.")
        }
        guard !url.hasPrefix("https://") || location.hasPrefix("https://") else {
            throw SubscribeRefusal("\(self) points to \(location): out of TLS, where the secret would be readable.")
        }
        return SchedulerEndpoint(url: location)
    }
}
