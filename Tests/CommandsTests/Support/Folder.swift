import FoundationEssentials
import Glibc
import Testing

/// A temporary folder of one test.
struct Folder: ~Copyable {
    let path: String

    init() throws {
        var template = Array((FileManager.default.temporaryDirectory.path + "/pacer-test-XXXXXX").utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func write(_ file: String, _ text: String) throws -> String {
        let full = "\(path)/\(file)"
        let parent = String(full.prefix(upTo: full.lastIndex(of: "/") ?? full.endIndex))
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: full))
        return full
    }

    func remove(_ file: String) throws { try FileManager.default.removeItem(atPath: "\(path)/\(file)") }

    /// Runs git here, without anybody's configuration.
    func git(_ arguments: String...) throws {
        let fixed: [String] = ["git", "-C", path, "-c", "user.name=Test", "-c", "user.email=test@example.invalid"]
        let words: [String] = fixed + ["-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false"] + arguments
        let surroundings = ["PATH=/usr/bin:/bin", "HOME=\(path)", "GIT_CONFIG_NOSYSTEM=1"]
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        var variables: [UnsafeMutablePointer<CChar>?] = surroundings.map { strdup($0) }
        pointers.append(nil)
        variables.append(nil)
        defer { for pointer in pointers + variables { free(pointer) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        var child = pid_t()
        let code = posix_spawnp(&child, "git", &actions, nil, &pointers, &variables)
        try #require(code == 0, "git could not be started")
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 { try #require(errno == EINTR) }
        try #require(status == 0, "git \(arguments.joined(separator: " ")) failed: \(status)")
    }

    /// Puts everything into a commit.
    func commit() throws {
        if !FileManager.default.fileExists(atPath: "\(path)/.git") { try git("init", "--quiet") }
        try git("add", "--all")
        try git("commit", "--quiet", "--message", "change")
    }
}
