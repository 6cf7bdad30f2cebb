import Glibc

/// A stream socket on 127.0.0.1; no child process inherits it. Its descriptor is given back with the last reference to it:
/// one who still writes to a connection that is over must not write to whoever got the same number.
final class Socket: Sendable {
    private let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { _ = Glibc.close(descriptor) }

    /// Listens on a free port.
    static func listening() throws(SocketError) -> (Socket, port: Int) {
        let (made, port) = try bound()
        guard listen(made.descriptor, 128) == 0 else { throw SocketError("listen") }
        return (made, port)
    }

    /// Holds a free port, without listening.
    static func bound() throws(SocketError) -> (Socket, port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError("socket") }
        let made = Socket(descriptor: descriptor)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isUp = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isUp else { throw SocketError("bind") }
        return (made, Int(UInt16(bigEndian: address.sin_port)))
    }

    /// The next connection; `nil` once the socket is shut down.
    func accepted() -> Socket? {
        while true {
            let connection = accept(descriptor, nil, nil)
            if connection >= 0 {
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                var on: Int32 = 1
                setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
                return Socket(descriptor: connection)
            }
            guard errno == EINTR || errno == ECONNABORTED else { return nil }
        }
    }

    /// What has come, at least a byte; empty at the end.
    func received() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &bytes, bytes.count, 0)
            if count >= 0 { return Array(bytes[..<count]) }
            guard errno == EINTR else { return [] }
        }
    }

    /// Sends everything; false where the other side is gone.
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.send(descriptor, buffer.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 || errno == EINTR else { return false }
            sent += max(0, count)
        }
        return true
    }

    /// Ends both directions: whoever waits on it goes on.
    func shutDown() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }
}

/// What the system refused.
package struct SocketError: Error, CustomStringConvertible {
    /// Which call, and why.
    package let description: String

    init(_ call: String) { description = "\(call): \(String(cString: strerror(errno)))" }
}

/// Runs a closure on a thread of its own.
struct JoinableThread: @unchecked Sendable {
    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private var handle = pthread_t()

    init(_ body: @escaping @Sendable () -> Void) throws(SocketError) {
        let work = Unmanaged.passRetained(Work(body))
        guard pthread_create(&handle, nil, Self.start, work.toOpaque()) == 0 else {
            work.release()
            throw SocketError("pthread_create")
        }
    }

    func join() { pthread_join(handle, nil) }

    private static let start: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = runWork

    fileprivate static func run(_ context: UnsafeMutableRawPointer) {
        Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
    }
}

private func runWork(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context { JoinableThread.run(context) }
    return nil
}
