import Foundation

/// A git server over ssh: OpenSSH's own server, started anew for each connection, as inetd would do it, so that the
/// system can choose the port. It knows one host key and one user key of its own.
final class ShellServer: Sendable {
    static let program = "/usr/sbin/sshd"

    private let helper: Helper
    let port: String
    let userKey: String
    let hostKeyFile: String
    let user = NSUserName()

    init(in folder: TemporaryFolder) async throws {
        let home = folder.path + "/ssh"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        userKey = home + "/user"
        hostKeyFile = home + "/host"
        for key in ["user", "host"] {
            try await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", key], in: home)
        }
        try FileManager.default.copyItem(atPath: userKey + ".pub", toPath: home + "/authorized")
        let configuration = """
            HostKey \(hostKeyFile)
            AuthorizedKeysFile \(home)/authorized
            StrictModes no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            UsePAM no
            PidFile none

            """
        try configuration.write(toFile: home + "/config", atomically: true, encoding: .utf8)
        // The system's start script makes this folder before the first start; sshd refuses to run as root without it.
        if getuid() == 0 {
            try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
        }
        helper = try await Helper(python: Self.listener, [Self.program, home + "/config", home + "/log"])
        port = helper.firstLine
    }

    /// As `ssh-keygen -l` tells it.
    func fingerprint() async throws -> String {
        let words = try await run(["ssh-keygen", "-l", "-E", "sha256", "-f", hostKeyFile + ".pub"], in: "/")
        return String(words.split(separator: " ")[1])
    }

    /// A line of a known_hosts file for this server.
    func knownHostsLine(keyFile: String? = nil) throws -> String {
        let key = try String(contentsOfFile: (keyFile ?? hostKeyFile) + ".pub", encoding: .utf8)
        return "[127.0.0.1]:\(port) " + key.split(separator: " ").prefix(2).joined(separator: " ") + "\n"
    }

    func url(of folder: String) -> String { "ssh://\(user)@127.0.0.1:\(port)\(folder)" }

    private static let listener = """
        import socket, subprocess, sys, threading
        program, configuration, log = sys.argv[1:4]
        listener = socket.create_server(("127.0.0.1", 0))

        def serve():
            while True:
                connection, _ = listener.accept()
                subprocess.Popen([program, "-i", "-f", configuration, "-E", log], stdin=connection, stdout=connection)
                connection.close()

        print(listener.getsockname()[1], flush=True)
        threading.Thread(target=serve, daemon=True).start()
        sys.stdin.read()
        """
}
