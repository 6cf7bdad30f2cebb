import Glibc
import HTTPClient
import LoopbackHTTP
import Testing

/// https against a server with a certificate of its own making.
@Suite(.enabled(if: TLSServer.openssl != nil, "needs the openssl command"))
struct TLSTests {
    @Test func `a server is trusted through the given certificates and not without them`() async throws {
        let server = try await TLSServer.start()
        defer { server.stop() }
        let client = try HTTPClient()
        let trusted = try await client.send(HTTPRequest(.get, server.url, caFile: server.certificate))
        #expect(trusted.status == 200)
        let untrusted = try await failure(of: HTTPRequest(.get, server.url), client)
        #expect(untrusted.kind == .untrusted)
        #expect(untrusted.description.hasPrefix("No trusted connection to \(server.url) could be made: "))
        let misnamed = server.url.replacing("127.0.0.1", with: "localhost")
        let other = try await failure(of: HTTPRequest(.get, misnamed, caFile: server.certificate), client)
        #expect(other.kind == .untrusted)
        let missing = try await failure(of: HTTPRequest(.get, server.url, caFile: "/nowhere.pem"), client)
        #expect(missing.kind == .untrusted)
        await client.shutDown()
    }
}

/// `openssl s_server` on a free port of 127.0.0.1, in a folder of its own.
struct TLSServer {
    static let openssl: String? = ["/usr/bin/openssl", "/usr/local/bin/openssl"].first { (path: String) in
        access(path, X_OK) == 0
    }

    let port: Int
    private let folder: String
    private let pid: pid_t

    var url: String { "https://127.0.0.1:\(port)" }
    var certificate: String { folder + "/cert.pem" }

    static func start() async throws -> TLSServer {
        let openssl = try #require(openssl)
        var template = Array("/tmp/pacer-tls-XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        let request = try spawn(
            [
                openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=pacer-test",
                "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "\(folder)/key.pem", "-out", "\(folder)/cert.pem",
            ],
            output: "\(folder)/req.log"
        )
        var status: Int32 = 0
        waitpid(request, &status, 0)
        try #require(status == 0)
        let log = "\(folder)/server.log"
        let pid = try spawn(
            [
                openssl, "s_server", "-accept", "127.0.0.1:0", "-www", "-key", "\(folder)/key.pem", "-cert",
                "\(folder)/cert.pem",
            ],
            output: log
        )
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            if let line = contents(log).split(separator: "\n").first(where: { $0.hasPrefix("ACCEPT 127.0.0.1:") }),
                let port = Int(line.drop { $0 != ":" }.dropFirst())
            {
                return TLSServer(port: port, folder: folder, pid: pid)
            }
            try #require(ContinuousClock.now < deadline, "openssl s_server: \(contents(log))")
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    func stop() {
        var status: Int32 = 0
        kill(pid, SIGKILL)
        waitpid(pid, &status, 0)
        for name in ["key.pem", "cert.pem", "req.log", "server.log"] { unlink("\(folder)/\(name)") }
        rmdir(folder)
    }

    private static func contents(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 100_000)
        return String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
    }
}
