import Foundation

/// The project's files as the tidy rules see them.
struct SourceTree {
    /// One line of a file.
    struct Line {
        let file: String
        let number: Int
        let text: String

        var place: String { "\(file):\(number)" }
    }

    /// The project's root, found from this file's own place.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The files below a folder with one of the endings, generated ones left out, by path.
    static func files(below folder: String, endings: [String] = [".swift"]) throws -> [String] {
        let base = root.appending(path: folder)
        guard let walk = FileManager.default.enumerator(atPath: base.path) else { return [] }
        var found: [String] = []
        for case let path as String in walk where endings.contains(where: path.hasSuffix) {
            guard !path.hasSuffix(".pb.swift"), !path.contains(".build") else { continue }
            found.append(folder + "/" + path)
        }
        return found.sorted()
    }

    /// Every text file of the project, whatever its name, by path: all but git's own, what builds leave behind, and
    /// what is generated or no text.
    static func everyFile() throws -> [String] {
        let manager = FileManager.default
        var found: [String] = []
        for name in try manager.contentsOfDirectory(atPath: root.path) {
            guard name != ".git", !name.hasPrefix(".build"), name != "Package.resolved" else { continue }
            var isFolder: ObjCBool = false
            guard manager.fileExists(atPath: root.appending(path: name).path, isDirectory: &isFolder) else { continue }
            guard isFolder.boolValue else {
                found.append(name)
                continue
            }
            let walk = manager.enumerator(atPath: root.appending(path: name).path)
            while let path = walk?.nextObject() as? String {
                guard walk?.fileAttributes?[.type] as? FileAttributeType == .typeRegular else { continue }
                if !path.hasSuffix(".pb.swift") { found.append(name + "/" + path) }
            }
        }
        return found.filter(isText).sorted()
    }

    private static func isText(_ file: String) -> Bool {
        guard let bytes = try? Data(contentsOf: root.appending(path: file)) else { return false }
        return !bytes.contains(0) && String(validating: bytes, as: UTF8.self) != nil
    }

    /// A file's lines.
    static func lines(of file: String) throws -> [Line] {
        let text = try String(contentsOf: root.appending(path: file), encoding: .utf8)
        return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map {
            Line(file: file, number: $0.offset + 1, text: String($0.element))
        }
    }

    /// The lines of all Swift files below a folder, without comments.
    static func code(below folder: String) throws -> [Line] {
        try files(below: folder).flatMap { try lines(of: $0) }.filter { line in
            let trimmed = line.text.drop { $0 == " " }
            return !trimmed.hasPrefix("//")
        }
    }
}
