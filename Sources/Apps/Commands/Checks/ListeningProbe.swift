import Glibc
import WebAPI

/// Finds out whether an address can be listened on, without listening.
enum ListeningProbe {
    static func check(_ address: WebServer.Address) -> DoctorDocument.Check {
        guard let code = fault(address) else {
            return DoctorDocument.Check("http", .good, "\(address) is free")
        }
        switch code {
        case EADDRINUSE:
            return DoctorDocument.Check(
                "http",
                .bad,
                "\(address) is in use",
                hint: "perhaps a controller runs here already; otherwise choose another address with http.listen"
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
