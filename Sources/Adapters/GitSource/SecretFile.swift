internal import FoundationEssentials
internal import Glibc

/// A file that holds one secret.
enum SecretFile {
    struct Unreadable: Error {
        var file: String
        var reason: String
    }

    /// The file's text without the line break that editors leave at its end.
    static func read(_ file: String) throws(Unreadable) -> String {
        try mustBeReadable(file)
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw Unreadable(file: file, reason: "it cannot be read")
        }
        var text = String(decoding: bytes, as: UTF8.self)[...]
        while text.last?.isNewline == true { text.removeLast() }
        guard !text.isEmpty else { throw Unreadable(file: file, reason: "it is empty") }
        return String(text)
    }

    /// Asks the system, for the reason in its words.
    static func mustBeReadable(_ file: String) throws(Unreadable) {
        guard access(file, R_OK) != 0 else { return }
        throw Unreadable(file: file, reason: String(cString: strerror(errno)))
    }
}
