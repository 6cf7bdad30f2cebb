import Foundation

/// A git server over HTTP: git's own backend behind a small Python server on a port that the system chose.
final class WebServer: Sendable {
    private let helper: Helper
    private let logFile: String
    let port: String

    /// - Parameters:
    ///   - root: the folder that holds the repositories.
    ///   - login: `user:password`, or nothing for everybody.
    ///   - certificate: a PEM file with key and certificate, for https.
    init(root: String, log: String, login: String = "", certificate: String = "") async throws {
        logFile = log
        helper = try await Helper(python: Self.program, [root, log, login, certificate])
        port = helper.firstLine
    }

    /// One line for each request: method, path, and whether it carried a login.
    func requests() throws -> [String] {
        guard FileManager.default.fileExists(atPath: logFile) else { return [] }
        return try String(contentsOfFile: logFile, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    private static let program = """
        import base64, http.server, os, ssl, subprocess, sys, threading
        root, log, login, certificate = sys.argv[1:5]
        wanted = "Basic " + base64.b64encode(login.encode()).decode()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *words):
                pass

            def body(self):
                if self.headers.get("Transfer-Encoding", "") == "chunked":
                    parts = []
                    while True:
                        size = int(self.rfile.readline().split(b";")[0], 16)
                        parts.append(self.rfile.read(size))
                        self.rfile.readline()
                        if size == 0:
                            return b"".join(parts)
                return self.rfile.read(int(self.headers.get("Content-Length", "0")))

            def serve(self):
                body = self.body()
                has = self.headers.get("Authorization", "")
                with open(log, "a") as file:
                    file.write(f"{self.command} {self.path} {'login' if has else 'nobody'}\\n")
                if login and has != wanted:
                    self.send_response(401)
                    self.send_header("WWW-Authenticate", 'Basic realm="git"')
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                path, _, query = self.path.partition("?")
                environment = dict(os.environ, GIT_PROJECT_ROOT=root, GIT_HTTP_EXPORT_ALL="1", PATH_INFO=path,
                    QUERY_STRING=query, REQUEST_METHOD=self.command, REMOTE_ADDR="127.0.0.1",
                    CONTENT_TYPE=self.headers.get("Content-Type", ""), CONTENT_LENGTH=str(len(body)))
                if self.headers.get("Content-Encoding"):
                    environment["HTTP_CONTENT_ENCODING"] = self.headers["Content-Encoding"]
                answer = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True).stdout
                head, _, rest = answer.partition(b"\\r\\n\\r\\n")
                status, fields = 200, []
                for line in head.decode().split("\\r\\n"):
                    name, _, value = line.partition(": ")
                    if name == "Status":
                        status = int(value.split()[0])
                    elif name:
                        fields.append((name, value))
                self.send_response(status)
                for name, value in fields:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(rest)))
                self.end_headers()
                self.wfile.write(rest)

            do_GET = serve
            do_POST = serve

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        print(server.server_address[1], flush=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()
        """
}
