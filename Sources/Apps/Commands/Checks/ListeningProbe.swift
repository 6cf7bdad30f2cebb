import Glibc
import HTTPClient
import WebAPI

/// Finds out whether an address can be listened on, without listening.
enum ListeningProbe {
    static func check(_ address: WebServer.Address) async -> DoctorDocument.Check {
        guard let code = fault(address) else {
            return DoctorDocument.Check("http", .good, "\(address) is free")
        }
        switch code {
        case EADDRINUSE where await isController(address):
            return DoctorDocument.Check("http", .good, "a controller runs on \(address) already")
        case EADDRINUSE:
            return DoctorDocument.Check(
                "http",
                .bad,
                "\(address) is in use",
                hint: "something that is no controller listens there; choose another address with http.listen"
            )
        case EACCES:
            return DoctorDocument.Check(
                "http",
                .bad,
                "this user must not listen on \(address)",
                hint: "choose a port above 1023 with http.listen"
            )
        default:
            return DoctorDocument.Check(
                "http",
                .bad,
                "\(address) cannot be listened on: \(String(cString: strerror(code)))",
                hint: "choose an address of this machine with http.listen"
            )
        }
    }

    /// Whether what listens there is a controller: `/healthz` answers, in the name of one.
    private static func isController(_ address: WebServer.Address) async -> Bool {
        var reachable = address
        // Nobody can be reached at the address that stands for all of them.
        if address.host == "0.0.0.0" { reachable.host = "127.0.0.1" }
        if address.host == "::" { reachable.host = "::1" }
        guard let client = try? HTTPClient() else { return false }
        let request = HTTPRequest(
            .get,
            "http://\(reachable)/healthz",
            timeouts: HTTPRequest.Timeouts(connect: .seconds(2), total: .seconds(5)),
            responseLimit: 64 << 10
        )
        let answer = try? await client.send(request)
        await client.shutDown()
        return answer?.status == 200 && answer?.head["server"] == "pacer"
    }

    /// The error of a trial bind; `nil` where it succeeds.
    private static func fault(_ address: WebServer.Address) -> Int32? {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address.host, String(address.port), &hints, &found) == 0, let first = found else {
            return EADDRNOTAVAIL
        }
        defer { freeaddrinfo(found) }
        let descriptor = socket(first.pointee.ai_family, first.pointee.ai_socktype, 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0 else { return errno }
        // With SO_REUSEADDR another listener shows only here.
        guard listen(descriptor, 1) == 0 else { return errno }
        return nil
    }
}
